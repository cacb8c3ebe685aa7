package io.headrace.ingest.decode;

import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.state.StateReader;
import io.headrace.engine.state.StateWriter;
import io.headrace.engine.state.Stateful;
import io.headrace.ingest.text.GrowingVocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The vocabularies that grow with a job's stream: of each {@code tokens} input with {@code
 * vocabulary: grow} its tokens, and of each {@code sparse} one with buckets of quantiles the
 * borders of these; often none. Decoders on any thread find tokens and buckets in them, and leave
 * what has no id yet in their blocks; ids are given where batches come in their final order, by the
 * one thread that also saves and restores.
 */
public final class GrowingVocabularies implements Stateful {
  /** Name of their part in checkpoints. */
  public static final String STATE = "vocabulary";

  /** Those of a job without such inputs. */
  public static final GrowingVocabularies NONE =
      of(
          new SampleMapping(
              new LabelMapping("", new LabelSpec.Numeric()),
              Optional.empty(),
              Optional.empty(),
              List.of()));

  private final SampleMapping mapping;

  /** By position of the input. */
  private final SortedMap<Integer, GrowingVocabulary> vocabularies = new TreeMap<>();

  /** By position of the input. */
  private final SortedMap<Integer, LearnedBuckets> buckets = new TreeMap<>();

  private GrowingVocabularies(SampleMapping mapping) {
    this.mapping = mapping;
  }

  /** Empty vocabularies for a job's samples. */
  public static GrowingVocabularies of(SampleMapping mapping) {
    var all = new GrowingVocabularies(mapping);
    for (int i = 0; i < mapping.inputs().size(); i++) {
      if (mapping.inputs().get(i) instanceof InputMapping.Tokens tokens
          && tokens.growth().isPresent()) {
        all.vocabularies.put(i, new GrowingVocabulary(tokens.growth().get().capacity()));
      } else if (mapping.inputs().get(i) instanceof InputMapping.SparseFields sparse
          && sparse.rules().learns()) {
        all.buckets.put(i, new LearnedBuckets(sparse));
      }
    }
    return all;
  }

  /** The job's samples as they are learned from: what has no id waits for one. */
  public SampleMapping learning() {
    return mapped(true, Optional.empty());
  }

  /**
   * The job's samples as they are only scored: tokens without an id are unknown, numbers without a
   * bucket left out.
   */
  public SampleMapping scoring() {
    return mapped(false, Optional.empty());
  }

  /**
   * The job's samples as they are scored by a model that knew fewer tokens and older borders:
   * tokens that came since are unknown.
   *
   * @param sizes what {@link #sizes} was then; asked while records are decoded
   */
  public SampleMapping scoringWithin(Supplier<int[]> sizes) {
    return mapped(false, Optional.of(sizes));
  }

  /** How many tokens each vocabulary has, and how often the borders of each field were drawn. */
  public int[] sizes() {
    return IntStream.concat(
            vocabularies.values().stream().mapToInt(GrowingVocabulary::size),
            buckets.values().stream().flatMapToInt(own -> Arrays.stream(own.timesDrawn())))
        .toArray();
  }

  private SampleMapping mapped(boolean adds, Optional<Supplier<int[]>> sizes) {
    List<InputMapping> inputs = new ArrayList<>(mapping.inputs());
    vocabularies.forEach(
        (i, vocabulary) -> {
          var tokens = (InputMapping.Tokens) inputs.get(i);
          int capacity = tokens.growth().orElseThrow().capacity();
          int number = vocabularies.headMap(i).size();
          Optional<IntSupplier> within = sizes.map(known -> () -> known.get()[number]);
          inputs.set(i, tokens.with(new Growth(capacity, Optional.of(vocabulary), adds, within)));
        });
    int first = vocabularies.size();
    for (var entry : buckets.entrySet()) {
      inputs.set(entry.getKey(), entry.getValue().mapped(adds, sizes, first));
      first += entry.getValue().timesDrawn().length;
    }
    return mapping.withInputs(inputs);
  }

  /** Gives ids to the tokens and numbers of {@code rows} that wait for one, in their order. */
  public void settle(SampleBlock rows) {
    vocabularies.forEach(
        (i, vocabulary) ->
            rows.tokens(i)
                .settle(rows.size(), token -> InputMapping.Tokens.id(vocabulary.add(token))));
    buckets.forEach((i, own) -> rows.sparse(i).settle(rows.size(), own));
  }

  /** Tokens of the named input that have an id. */
  public int size(String input) {
    return vocabularies.entrySet().stream()
        .filter(entry -> mapping.inputs().get(entry.getKey()).name().equals(input))
        .mapToInt(entry -> entry.getValue().size())
        .findFirst()
        .orElse(0);
  }

  @Override
  public void save(StateWriter to) {
    vocabularies.forEach((i, v) -> v.save(to.within(mapping.inputs().get(i).name())));
    buckets.forEach((i, own) -> own.save(to.within(mapping.inputs().get(i).name())));
  }

  @Override
  public void restore(StateReader from) {
    vocabularies.forEach((i, v) -> v.restore(from.within(mapping.inputs().get(i).name())));
    buckets.forEach((i, own) -> own.restore(from.within(mapping.inputs().get(i).name())));
  }
}
