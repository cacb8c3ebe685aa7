package io.headrace.pipeline.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.StepResult;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.decode.DecoderSpec;
import io.headrace.ingest.decode.Decoders;
import io.headrace.ingest.decode.SampleMapping;
import io.headrace.ingest.push.BodyRecords.Form;
import io.headrace.ingest.push.PushOutcome.Reason;
import io.headrace.pipeline.serve.LiveModel;
import io.headrace.pipeline.serve.Prediction;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Predictions beside training: each is bit for bit that of one state between two steps. */
class LiveModelTest {
  private static final long SEED = 11;
  private static final int TRAINED_ROWS = 6_000;
  private static final int READERS = 2;
  private static final String HEAD =
      """
      name: served
      source: {file: {path: train.csv, format: csv, chunk-rows: 50}}
      batch: {size: 16}
      serve: {refresh-ms: 1}
      """;
  private static final Map<String, String> JOBS =
      Map.of(
          "sparse, row by row",
          """
          sample:
            label: {field: label, classes: ["no", "yes"]}
            inputs: {f: {sparse: {fields: [text, a, b], cross: [[text, a]], bits: 10}}}
          model:
            - linear: {input: f}
          loss: logistic
          optimizer: {ftrl: {learning-rate: 0.5}}
          engine: {update: sample}
          """,
          "normalized, row by row",
          """
          sample:
            label: {field: a, type: number}
            inputs: {f: {sparse: {fields: [text, b], bits: 10}}}
          model:
            - linear: {input: f}
          loss: squared
          optimizer: {normalized: {}}
          engine: {update: sample}
          """,
          "buckets that are learned",
          """
          sample:
            label: {field: label, classes: ["no", "yes"]}
            inputs:
              f:
                sparse:
                  fields: [text, a, b]
                  bucket: {a: {quantiles: 6, warm-up: 700}, b: {quantiles: 12}}
                  cross: [[a, b]]
                  bits: 10
          model:
            - linear: {input: f}
          loss: logistic
          optimizer: {ftrl: {learning-rate: 0.5}}
          engine: {update: sample, decoders: 2}
          """,
          "words that grow",
          """
          sample:
            label: {field: label, classes: ["no", "yes"]}
            inputs: {text: {tokens: {length: 8, vocabulary: grow, vocabulary-size: 5000}}}
          model:
            - embedding: {dimension: 8}
            - global-avg-pool
            - dense
          loss: logistic
          optimizer: {adam: {learning-rate: 0.02}}
          """,
          "layers that differ while they learn",
          """
          sample:
            label: {field: label, classes: ["no", "yes"]}
            inputs: {x: {dense: {fields: [a, b]}}}
          transforms:
            - clip: {input: x, min: -2, max: 2}
          model:
            - standardize
            - dense: {units: 24}
            - batch-norm
            - relu
            - dropout: {rate: 0.2}
            - dense
          loss: softmax
          optimizer: {adam: {}}
          engine: {threads: 2}
          """);

  @TempDir private Path folder;
  private byte[] request = {};

  @BeforeEach
  void write() throws IOException {
    var random = new Random(SEED);
    Files.writeString(
        folder.resolve("train.csv"),
        IntStream.range(0, TRAINED_ROWS)
            .mapToObj(i -> row(random))
            .collect(Collectors.joining("\n", "text,a,b,label\n", "\n")));
    request =
        """
        {"text": "good w1 w40 w300", "a": 0.25, "b": 1.5}
        {"text": "bad w2 w7 never-met", "a": -3.5, "b": 0.125}
        {"text": "w90 w800 w13", "a": 0, "b": -1}
        """
            .getBytes(StandardCharsets.UTF_8);
  }

  private static String row(Random random) {
    boolean yes = random.nextBoolean();
    double shift = yes ? 0.5 : -0.5;
    return "%s w%d w%d,%.4f,%.4f,%s"
        .formatted(
            yes ? "good" : "bad",
            (int) Math.abs(random.nextGaussian() * 400),
            (int) Math.abs(random.nextGaussian() * 400),
            random.nextGaussian() + shift,
            random.nextGaussian() - shift,
            yes ? "yes" : "no");
  }

  private JobSpec job(String of, String... overrides) {
    List<String> all = new ArrayList<>(List.of(overrides));
    all.add("checkpoints.directory=" + folder.resolve("checkpoints"));
    return JobFile.parse("job.yaml", HEAD + JOBS.get(of), all, folder);
  }

  /** What the trainer itself predicts between two steps, on its own thread. */
  private static float[] expected(JobRun run, byte[] lines) {
    SampleMapping mapping = run.job().sample().withoutLabel();
    var chunk = new RecordChunk(used -> {});
    chunk.start(new SourcePartition("", 0), 0);
    int position = 0;
    for (String line : new String(lines, StandardCharsets.UTF_8).lines().toList()) {
      byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
      chunk.add(bytes, 0, bytes.length, position++, 0);
    }
    var rows = new SampleBlock(mapping.schema(), position);
    rows.start(chunk.partition(), 0);
    Decoders.create(DecoderSpec.jsonLines(), mapping)
        .decode(
            chunk,
            rows,
            (of, record, reason, detail) -> {
              throw new AssertionError(detail);
            });
    JobTransforms.of(run.job()).transforms().forEach(transform -> transform.apply(rows));
    MemorySegment outputs = Floats.allocate((long) position * run.trainer().outputWidth());
    run.trainer().predict(rows, outputs);
    return Floats.toArray(outputs);
  }

  private Prediction ask(LiveModel live) {
    return live.predict(Form.JSON_LINES, request.clone());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sparse, row by row",
        "normalized, row by row",
        "buckets that are learned",
        "words that grow",
        "layers that differ while they learn"
      })
  void everyAnswerIsThatOfOneStateBetweenTwoSteps(String of) throws Exception {
    var started = new CompletableFuture<JobRun>();
    var states = new ConcurrentHashMap<Long, float[]>();
    var trained = new ConcurrentHashMap<Long, Long>();
    var options =
        new JobRun.Options(
            List.of(),
            OptionalLong.empty(),
            step -> {
              JobRun run = started.join();
              states.put(step.step(), expected(run, request));
              trained.put(step.step(), step.step() * 16);
            });
    var answers = new ConcurrentHashMap<Long, Prediction.Made>();
    long asked = 0;
    try (JobRun run = JobRun.start(job(of), options);
        ExecutorService readers = Executors.newFixedThreadPool(READERS)) {
      LiveModel live = run.live().orElseThrow();
      assertThat(ask(live))
          .isInstanceOfSatisfying(
              Prediction.Refused.class,
              none -> assertThat(none.reason()).isEqualTo(Reason.UNAVAILABLE));
      var ended = new CountDownLatch(1);
      List<Future<Long>> counts = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        counts.add(readers.submit(() -> keepAsking(live, ended, answers)));
      }
      started.complete(run);
      run.await();
      awaitState(live, TRAINED_ROWS / 16);
      ended.countDown();
      for (Future<Long> count : counts) {
        asked += count.get();
      }
      Prediction.Made last = (Prediction.Made) ask(live);
      answers.put(last.step(), last);
    }
    assertThat(answers).as("states answered from, seed %d", SEED).hasSizeGreaterThan(5);
    assertThat(asked).isGreaterThan(answers.size());
    answers.forEach(
        (step, answer) -> {
          assertThat(answer.outputs()).as("step %d", step).isEqualTo(states.get(step));
          assertThat(answer.trained()).isEqualTo(trained.get(step));
          assertThat(answer.positions()).hasSize(1).containsValue(answer.trained());
        });
    assertEvaluatesTheSame(Objects.requireNonNull(answers.get((long) TRAINED_ROWS / 16)));
  }

  /** The last state once more, from the checkpoint that the run left. */
  private void assertEvaluatesTheSame(Prediction.Made last) throws IOException {
    Path file = folder.resolve("request.jsonl");
    Files.write(file, request);
    var outputs = new ArrayList<Float>();
    try (var model = StoredModel.open(folder.resolve("checkpoints"))) {
      assertThat(model.checkpoint().step()).isEqualTo(last.step());
      model.forEachUnlabelled(
          file,
          (chunk, record, reason, detail) -> {
            throw new AssertionError(detail);
          },
          rows -> {
            MemorySegment found = Floats.allocate((long) rows.size() * last.width());
            model.trainer().predict(rows, found);
            for (float output : Floats.toArray(found)) {
              outputs.add(output);
            }
          });
    }
    for (int i = 0; i < outputs.size(); i++) {
      assertThat(last.outputs()[i]).isEqualTo(outputs.get(i));
    }
    assertThat(outputs).hasSize(last.outputs().length);
  }

  private long keepAsking(
      LiveModel live, CountDownLatch ended, Map<Long, Prediction.Made> answers) {
    long count = 0;
    while (ended.getCount() > 0) {
      if (ask(live) instanceof Prediction.Made made) {
        count++;
        Prediction.Made before = answers.putIfAbsent(made.step(), made);
        if (before != null) { // the same state, the same answer
          assertThat(made.outputs()).isEqualTo(before.outputs());
        }
      }
    }
    return count;
  }

  private void awaitState(LiveModel live, long step) throws InterruptedException {
    for (int i = 0; i < 3_000; i++) {
      if (ask(live) instanceof Prediction.Made made && made.step() == step) {
        return;
      }
      Thread.sleep(10);
    }
    throw new AssertionError("the state of step " + step + " was never served");
  }

  @Test
  void aResumedModelPredictsBeforeAnythingNewComes() throws Exception {
    JobSpec job = job("sparse, row by row");
    try (JobRun run = JobRun.start(job, JobRun.Options.NONE)) {
      run.await();
    }
    var never = new CountDownLatch(1);
    var options = new JobRun.Options(List.of(), OptionalLong.empty(), step -> await(never, step));
    try (JobRun run = JobRun.start(job, options)) {
      awaitState(run.live().orElseThrow(), TRAINED_ROWS / 16);
      never.countDown();
    }
  }

  private static void await(CountDownLatch latch, StepResult step) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts step " + step.step(), e);
    }
  }

  @Test
  void saysWhichFieldOfWhichRowIsWrongAndPredictsNothing() throws Exception {
    try (JobRun run =
        JobRun.start(job("layers that differ while they learn"), JobRun.Options.NONE)) {
      run.await();
      LiveModel live = run.live().orElseThrow();
      awaitState(live, TRAINED_ROWS / 16);
      byte[] rows =
          "[{\"a\": 1, \"b\": 2}, {\"a\": \"much\", \"b\": 2}, {\"b\": 1}]"
              .getBytes(StandardCharsets.UTF_8);
      Prediction.Refused refused = (Prediction.Refused) live.predict(Form.JSON, rows);
      assertThat(refused.reason()).isEqualTo(Reason.UNREADABLE);
      assertThat(refused.detail())
          .contains("Row 1: ", "a is", "much", "Row 2: ", "missing", "2 of 3 rows are bad");
    }
  }
}
