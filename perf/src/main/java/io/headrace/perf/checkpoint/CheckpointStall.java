package io.headrace.perf.checkpoint;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.CopyRoom;
import io.headrace.engine.DivergencePolicy;
import io.headrace.engine.ModelSpec;
import io.headrace.engine.Snapshot;
import io.headrace.engine.Trainer;
import io.headrace.engine.WorkerMode;
import io.headrace.engine.layer.Layers;
import io.headrace.engine.loss.Losses;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.optimizer.Optimizers;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.MiniBatch;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.perf.load.Machine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * How long a checkpoint of about 100 MB holds the training thread up: the call itself, and what the
 * next step takes longer than others because it copies what it is about to change. Beside it, by
 * turns, a snapshot that is complete when the call returns. Another thread copies the rest, as the
 * thread does that writes checkpoints. Each snapshot is compared with the parameters of its moment.
 */
public final class CheckpointStall {
  private static final int ROWS = 64;
  private static final int FEATURES = 37;
  private static final int BATCHES = 64;
  private static final int STEPS_BETWEEN = 6;
  private static final long SEED = 1;

  private CheckpointStall() {}

  public static void main(String[] arguments) throws Exception {
    int checkpoints = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 200;
    int threads = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 2;
    System.out.println(Machine.describe());
    boolean files = arguments.length > 2 && arguments[2].equals("files");
    System.out.printf(
        "%d checkpoints of each kind, %d threads, copies in %s, ms%n",
        checkpoints, threads, files ? "files" : "memory");
    Path folder = Files.createTempDirectory(Path.of("").toAbsolutePath(), "stall");
    var room = files ? new CopyRoom(Optional.of(folder), 1 << 20) : CopyRoom.MEMORY;
    try {
      measure("dense 2048 x 4096, adam", dense(), checkpoints, threads, room);
      measure("sparse 2^23, ftrl", sparse(), checkpoints, threads, room);
    } finally {
      Files.delete(folder);
    }
  }

  private static ModelSpec dense() {
    return new ModelSpec(
        schema(new InputSpec.Dense(List.of(2048))),
        List.of(
            Layers.variants().spec("dense", Map.of("units", 4096, "activation", "relu")),
            Layers.variants().spec("dense", Map.of())),
        Losses.variants().spec("logistic", Map.of()),
        Optimizers.variants().spec("adam", Map.of()),
        ROWS,
        8,
        SEED);
  }

  private static ModelSpec sparse() {
    return new ModelSpec(
        schema(new InputSpec.Sparse(23)),
        List.of(Layers.variants().spec("linear", Map.of())),
        Losses.variants().spec("logistic", Map.of()),
        Optimizers.variants().spec("ftrl", Map.of()),
        ROWS,
        8,
        SEED);
  }

  private static SampleSchema schema(InputSpec input) {
    return new SampleSchema(
        List.of(new SampleSchema.Input("x", input)), new LabelSpec.Classes(List.of("no", "yes")));
  }

  private static void measure(
      String name, ModelSpec spec, int checkpoints, int threads, CopyRoom room) throws Exception {
    MiniBatch[] batches = batches(spec.schema());
    try (var trainer =
            new Trainer(spec, threads, DivergencePolicy.DEFAULT, WorkerMode.SYNCHRONOUS, room);
        ExecutorService writer = Executors.newSingleThreadExecutor()) {
      trainer.reserveSnapshots();
      var run = new Measured(trainer, batches, writer);
      run.checkpoints(20); // warms up
      run.checkpoints(checkpoints);
      System.out.printf("%s: %,d bytes, a step %.2f%n", name, run.bytes, run.usual() / 1e6);
      System.out.printf("  gradual: the call            %s%n", text(run.calls));
      System.out.printf(
          "  gradual: call and next step  %s more than a usual step%n", text(run.held()));
      System.out.printf(
          "  any other step               %s more than a usual step%n", text(run.noise()));
      System.out.printf("  at once: the call            %s%n", text(run.atOnce));
    }
  }

  /** The thread that trains. */
  private static final class Measured {
    private final Trainer trainer;
    private final MiniBatch[] batches;
    private final ExecutorService writer;
    private int next;
    long bytes;
    long[] calls = new long[0];
    long[] behind = new long[0];
    long[] atOnce = new long[0];
    long[] others = new long[0];

    Measured(Trainer trainer, MiniBatch[] batches, ExecutorService writer) {
      this.trainer = trainer;
      this.batches = batches;
      this.writer = writer;
    }

    void checkpoints(int number) {
      calls = new long[number];
      behind = new long[number];
      atOnce = new long[number];
      others = new long[number * (STEPS_BETWEEN - 1)];
      int other = 0;
      for (int i = 0; i < number; i++) {
        String parameters = i % 50 == 0 ? trainer.parametersSha256() : "";
        long begin = System.nanoTime();
        Snapshot snapshot = trainer.startSnapshot("stall", 0);
        calls[i] = System.nanoTime() - begin;
        var finished = CompletableFuture.supplyAsync(snapshot::finish, writer);
        behind[i] = step();
        for (int step = 1; step < STEPS_BETWEEN; step++) {
          others[other++] = step();
        }
        check(finished.join(), parameters);
        CompletableFuture.runAsync(snapshot::release, writer).join();
        begin = System.nanoTime();
        Snapshot complete = trainer.startSnapshot("stall", 0);
        Checkpoint whole = complete.finish();
        atOnce[i] = System.nanoTime() - begin;
        complete.release();
        bytes = whole.tensors().values().stream().mapToLong(t -> t.data().byteSize()).sum();
      }
    }

    private long step() {
      long begin = System.nanoTime();
      trainer.train(batches[next++ % batches.length]);
      return System.nanoTime() - begin;
    }

    /** That the snapshot has the parameters that there were when it was begun. */
    private void check(Checkpoint found, String expected) {
      if (expected.isEmpty()) {
        return;
      }
      var digest = sha256();
      found.tensors().entrySet().stream()
          .filter(entry -> entry.getKey().startsWith("model."))
          .sorted(Comparator.comparingInt(entry -> order(entry.getKey())))
          .forEach(entry -> digest.update(entry.getValue().data().asByteBuffer()));
      if (!HexFormat.of().formatHex(digest.digest()).equals(expected)) {
        throw new IllegalStateException("the snapshot has other parameters than its moment");
      }
    }

    private static MessageDigest sha256() {
      try {
        return MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }

    /** Layer order; within a layer the weight comes before the bias. */
    private static int order(String name) {
      return 2 * (name.charAt("model.".length()) - '0') + (name.endsWith("weight") ? 0 : 1);
    }

    /** Median duration of steps behind no checkpoint. */
    double usual() {
      long[] sorted = others.clone();
      Arrays.sort(sorted);
      return sorted[sorted.length / 2];
    }

    /** What a checkpoint adds until the step behind it is through. */
    long[] held() {
      long[] held = new long[calls.length];
      Arrays.setAll(held, i -> calls[i] + Math.max(0, behind[i] - (long) usual()));
      return held;
    }

    /** The same of steps behind no checkpoint: what the machine adds. */
    long[] noise() {
      return Arrays.stream(others).map(nanos -> Math.max(0, nanos - (long) usual())).toArray();
    }
  }

  private static String text(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return "p50 %.3f, p99 %.3f, most %.3f"
        .formatted(
            sorted[sorted.length / 2] / 1e6,
            sorted[Math.min(sorted.length - 1, sorted.length * 99 / 100)] / 1e6,
            sorted[sorted.length - 1] / 1e6);
  }

  private static MiniBatch[] batches(SampleSchema schema) {
    var random = new Random(SEED);
    var partition = new SourcePartition("memory", 0);
    var batches = new MiniBatch[BATCHES];
    for (int b = 0; b < BATCHES; b++) {
      batches[b] = new MiniBatch(schema, ROWS);
      SampleBlock rows = batches[b].rows();
      for (int row = 0; row < ROWS; row++) {
        if (schema.inputs().getFirst().spec() instanceof InputSpec.Sparse(int bits, int _, int _)) {
          for (int i = 0; i < FEATURES; i++) {
            rows.sparse(0).add(random.nextInt(1 << bits), 1);
          }
        } else {
          long start = rows.dense(0).start(row);
          for (int i = 0; i < 2048; i++) {
            Floats.write(rows.dense(0).values(), start + i, random.nextFloat());
          }
        }
        rows.commitRow(random.nextInt(2), 1, 0, row);
      }
      batches[b].ledger().add(partition, ROWS, ROWS, 0, 0);
    }
    return batches;
  }
}
