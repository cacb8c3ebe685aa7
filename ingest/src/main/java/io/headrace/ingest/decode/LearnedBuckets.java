package io.headrace.ingest.decode;

import io.headrace.engine.sample.SparseColumn;
import io.headrace.engine.state.StateReader;
import io.headrace.engine.state.StateWriter;
import io.headrace.engine.state.Stateful;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The buckets of one sparse input whose borders are learned, and the ids of numbers that waited for
 * them: a number gets a bucket of the borders as they are at its turn, and is then counted among
 * those that borders are drawn from. One thread settles, saves and restores.
 */
final class LearnedBuckets implements SparseColumn.WaitingIds, Stateful {
  private static final int NONE = -1;

  private final InputMapping.SparseFields mapping;
  private final int mask;

  /** By the number of their field. */
  private final SortedMap<Integer, QuantileBorders> borders = new TreeMap<>();

  /** Of each such field, the id of each bucket. */
  private final int[][] ids;

  private final int[] last;

  LearnedBuckets(InputMapping.SparseFields mapping) {
    this.mapping = mapping;
    mask = (int) ((1L << mapping.bits()) - 1);
    List<String> fields = mapping.fields();
    ids = new int[fields.size()][];
    last = new int[fields.size()];
    for (int i = 0; i < fields.size(); i++) {
      if (mapping.rules().bucket().get(fields.get(i)) instanceof Buckets.Quantiles quantiles) {
        borders.put(i, new QuantileBorders(quantiles.count(), quantiles.warmUp()));
        ids[i] = ids(fields.get(i), quantiles.count());
      }
    }
  }

  /** As {@link SparseWriter} hashes them. */
  private int[] ids(String field, int count) {
    int seed = Murmur3.hash(field);
    int[] hashed = new int[count];
    for (int bucket = 0; bucket < count; bucket++) {
      byte[] digits = Integer.toString(bucket).getBytes(StandardCharsets.US_ASCII);
      hashed[bucket] = Murmur3.hash(digits, 0, digits.length, seed) & mask;
    }
    return hashed;
  }

  /**
   * The input with these borders for decoders.
   *
   * @param waits whether numbers without a bucket wait for one
   * @param sizes of the model that scores, asked for every number; without, the borders of now
   *     count
   * @param first where they begin to say what {@link #timesDrawn} was
   */
  InputMapping.SparseFields mapped(boolean waits, Optional<Supplier<int[]>> sizes, int first) {
    Map<String, Buckets> bound = new HashMap<>(mapping.rules().bucket());
    borders.forEach(
        (i, own) -> {
          int number = first + borders.headMap(i).size();
          var learned = new LearnedBorders(own, waits, sizes.map(now -> () -> now.get()[number]));
          bound.computeIfPresent(
              mapping.fields().get(i), (field, cut) -> ((Buckets.Quantiles) cut).with(learned));
        });
    return mapping.with(mapping.rules().withBuckets(bound));
  }

  /** How often the borders of each field were drawn. */
  int[] timesDrawn() {
    return borders.values().stream().mapToInt(QuantileBorders::timesDrawn).toArray();
  }

  @Override
  public int of(int field, float number) {
    QuantileBorders own = borders.get(field);
    if (own == null) {
      throw new IllegalStateException("field " + field + " has no buckets to learn");
    }
    float[] drawn = own.newest();
    last[field] = drawn == null ? NONE : ids[field][QuantileBorders.bucket(drawn, number)];
    own.add(number);
    return last[field];
  }

  @Override
  public int last(int field) {
    return last[field];
  }

  @Override
  public int joined(int id, int next) {
    return Murmur3.cross(id, next) & mask;
  }

  @Override
  public void save(StateWriter to) {
    borders.forEach((i, own) -> own.save(to.within(mapping.fields().get(i))));
  }

  @Override
  public void restore(StateReader from) {
    borders.forEach((i, own) -> own.restore(from.within(mapping.fields().get(i))));
  }
}
