package io.headrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.ingest.decode.DecoderSpec;
import io.headrace.ingest.decode.Decoders;
import io.headrace.ingest.decode.InputMapping;
import io.headrace.ingest.decode.LabelMapping;
import io.headrace.ingest.decode.SampleMapping;
import io.headrace.ingest.file.TextFiles;
import io.headrace.ingest.text.TextSplit;
import io.headrace.ingest.text.VocabularyLearner;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Sources and decoders on the data sets that people train on, whole, where they are at hand. */
class PublicDataTest {
  private static final List<String> DIGITS =
      IntStream.range(0, 10).mapToObj(Integer::toString).toList();

  private static SampleMapping mapping(List<String> classes, InputMapping input) {
    return new SampleMapping(
        new LabelMapping("label", new LabelSpec.Classes(classes)),
        Optional.empty(),
        Optional.empty(),
        List.of(input));
  }

  /** Decodes everything, of which nothing may be rejected. */
  private static void read(
      Path data, Map<String, Object> source, SampleMapping mapping, Consumer<SampleBlock> rows) {
    SampleSource opened =
        Sources.variants().create(Sources.variants().spec("file", source)).open(data);
    SampleDecoder decoder =
        Decoders.create(DecoderSpec.fixed(String.valueOf(source.get("format"))), mapping);
    for (RecordChunk chunk : opened.chunks(Positions.START).toIterable(1)) {
      var block = new SampleBlock(mapping.schema(), chunk.count());
      block.start(chunk.partition(), chunk.firstPosition());
      decoder.decode(
          chunk,
          block,
          (from, record, reason, detail) -> {
            throw new AssertionError(detail);
          });
      chunk.release();
      rows.accept(block);
    }
  }

  @Test
  void cifar10HasAThousandTestImagesOfEachClass() {
    Path data = DataSets.with("cifar10/test_batch.bin");
    int[] labels = new int[10];
    double[] sums = new double[3];
    read(
        data,
        Map.of("path", "cifar10/test_batch.bin", "format", "cifar10"),
        mapping(DIGITS, new InputMapping.Image("image", "image", List.of(32, 32, 3))),
        block -> add(block, sums, labels));
    assertThat(labels).containsOnly(1000);
    assertThat(Arrays.stream(sums).mapToLong(sum -> Math.round(sum / 1024)))
        .containsExactly(4942L, 4851L, 4504L);
  }

  @Test
  void mnistHasTheMeanThatEverybodyKnows() {
    Path data = DataSets.with("mnist/train-images-idx3-ubyte");
    int[] labels = new int[10];
    double[] sums = new double[1];
    read(
        data,
        Map.of("path", "mnist/train-images-idx3-ubyte", "format", "idx"),
        mapping(DIGITS, new InputMapping.Image("image", "image", List.of(28, 28, 1))),
        block -> add(block, sums, labels));
    assertThat(labels).containsExactly(5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949);
    assertThat(Math.round(sums[0] / 784 / 6)).isEqualTo(1307);
  }

  private static void add(SampleBlock block, double[] sums, int[] labels) {
    int width = block.dense(0).width();
    for (int row = 0; row < block.size(); row++) {
      labels[(int) block.labels()[row]]++;
      for (int i = 0; i < width; i++) {
        sums[i % sums.length] +=
            Floats.read(block.dense(0).values(), block.dense(0).start(row) + i);
      }
    }
  }

  @Test
  void imdbComesMixedAndInKnownWords() {
    Path data = DataSets.with("imdb/aclImdb/train/pos");
    var learner = new VocabularyLearner(TextSplit.WORDS);
    TextFiles.read(data, "imdb/aclImdb/train/{neg,pos}/*.txt", learner::read);
    List<String> words = learner.vocabulary(10_000, 2);
    assertThat(words).hasSize(10_000).startsWith("the", "and", "a", "of", "to");
    var input = new InputMapping.Tokens("text", "text", TextSplit.WORDS, words, 0, 200, false);
    var count = new int[3];
    var mixed = new HashMap<Long, Integer>();
    read(
        data,
        Map.of("path", "imdb/aclImdb/train/{neg,pos}/*.txt", "format", "text-folder"),
        mapping(List.of("neg", "pos"), input),
        block -> {
          for (int row = 0; row < block.size(); row++) {
            count[(int) block.labels()[row]]++;
            mixed.merge(block.positions()[row] / 1000, (int) block.labels()[row], Integer::sum);
            for (int i = 0; i < block.tokens(0).length(row); i++) {
              count[2] += block.tokens(0).ids()[row * 200 + i] == 1 ? 1 : 0;
            }
          }
        });
    assertThat(count[0]).isEqualTo(12_500);
    assertThat(count[1]).isEqualTo(12_500);
    assertThat(count[2]).isBetween(100_000, 400_000);
    assertThat(mixed.values()).hasSize(25).allMatch(positive -> positive > 400 && positive < 600);
  }

  @Test
  void shakespeareHas65Characters() {
    Path data = DataSets.with("text/tinyshakespeare_input.txt");
    var learner = new VocabularyLearner(TextSplit.CHARACTERS);
    TextFiles.read(data, "text/tinyshakespeare_input.txt", learner::read);
    List<String> characters = learner.vocabulary(1000, 1);
    assertThat(characters).hasSize(65).startsWith("\n", " ", "!").endsWith("z");
    var input =
        new InputMapping.Tokens("text", "text", TextSplit.CHARACTERS, characters, 0, 32, false);
    var text = new StringBuilder();
    var windows = new int[1];
    read(
        data,
        Map.of(
            "path",
            "text/tinyshakespeare_input.txt",
            "format",
            "text-window",
            "window",
            32,
            "stride",
            33),
        mapping(characters, input),
        block -> {
          windows[0] += block.size();
          for (int row = 0; row < block.size() && text.length() < 100; row++) {
            for (int i = 0; i < 32; i++) {
              text.append(characters.get(block.tokens(0).ids()[row * 32 + i] - 2));
            }
            text.append(characters.get((int) block.labels()[row]));
          }
        });
    assertThat(windows[0]).isEqualTo(1_115_394 / 33);
    assertThat(text).startsWith("First Citizen:\nBefore we proceed any further, hear me speak.\n");
  }

  @Test
  void shortMessagesHaveALabelOnEachLine() {
    Path data = DataSets.with("text/SMSSpamCollection");
    var input =
        new InputMapping.Tokens("text", "text", TextSplit.WORDS, List.of(), 5000, 50, false);
    int[] labels = new int[2];
    SampleMapping mapping = mapping(List.of("ham", "spam"), input);
    SampleDecoder decoder = Decoders.create(DecoderSpec.fixed("text-lines"), mapping);
    var spec =
        Sources.variants()
            .spec("file", Map.of("path", "text/SMSSpamCollection", "format", "text-lines"));
    int rejected = 0;
    for (RecordChunk chunk :
        Sources.variants().create(spec).open(data).chunks(Positions.START).toIterable(1)) {
      var block = new SampleBlock(mapping.schema(), chunk.count());
      block.start(chunk.partition(), chunk.firstPosition());
      decoder.decode(
          chunk,
          block,
          (from, record, reason, detail) ->
              assertThat(reason).isEqualTo(RejectionReason.EMPTY_TEXT));
      for (int row = 0; row < block.size(); row++) {
        labels[(int) block.labels()[row]]++;
      }
      rejected += block.rejected();
      chunk.release();
    }
    assertThat(labels[0] + labels[1] + rejected).isEqualTo(5574);
    assertThat(labels[1]).isEqualTo(747);
  }
}
