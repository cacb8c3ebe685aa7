package io.headrace.perf.checkpoint;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.CopyRoom;
import io.headrace.engine.DivergencePolicy;
import io.headrace.engine.ModelSpec;
import io.headrace.engine.Trainer;
import io.headrace.engine.UpdateMode;
import io.headrace.engine.WorkerMode;
import io.headrace.engine.layer.Layers;
import io.headrace.engine.loss.Losses;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.optimizer.GradientClipping;
import io.headrace.engine.optimizer.Optimizers;
import io.headrace.engine.optimizer.Schedules;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.MiniBatch;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.perf.load.Machine;
import io.headrace.sink.CheckpointStore.Entry;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * What a table of 2^bits weights with AdaGrad's slots takes, with checkpoints and with the last
 * good state kept, as in a job with defaults: memory of its own that the process has resident
 * before a sample, after few ids, after ids in every page, and at most while a checkpoint is
 * written and every page is changed again; and size and time of checkpoints in between. Copies lie
 * in files: what of those is resident the system may take back, and it is told beside. Every answer
 * is checked, and each checkpoint is read back.
 */
public final class TableMemory {
  private static final int ROWS = 64;
  private static final int IDS_A_ROW = 64;

  /** Ids so near that one of them lies in every page of weights and slots. */
  private static final int IDS_A_PAGE = 512;

  private static final int FEW = 1 << 12;
  private static final double RATE = 0.05;
  private static final long FILE_BYTES = 1 << 20;

  private TableMemory() {}

  /**
   * Measures.
   *
   * @param arguments bits, 28 by default
   */
  public static void main(String[] arguments) throws Exception {
    int bits = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 28;
    System.out.println(Machine.describe());
    System.out.print(measured(bits));
  }

  /** The lines of a report; a wrong answer is an exception. */
  static String measured(int bits) throws Exception {
    long own = (2L << bits) * Float.BYTES;
    var text = new StringBuilder();
    text.append("table of 2^%d weights and slots: %,d bytes%n".formatted(bits, own));
    Path folder = Files.createTempDirectory(Path.of("").toAbsolutePath(), "tables");
    var room = new CopyRoom(Optional.of(folder), FILE_BYTES);
    try {
      learnAndKeep(bits, own, room, folder, text);
      restore(bits, own, room, folder, text);
    } finally {
      delete(folder);
    }
    return text.toString();
  }

  private static void learnAndKeep(
      int bits, long own, CopyRoom room, Path folder, StringBuilder text) throws Exception {
    try (var trainer =
        new Trainer(spec(bits), 1, DivergencePolicy.DEFAULT, WorkerMode.SYNCHRONOUS, room)) {
      trainer.reserveSnapshots();
      var store = DirectoryCheckpointStore.forWriting(folder, 3);
      learnAndKeep(bits, own, trainer, store, text);
    }
  }

  private static void learnAndKeep(
      int bits, long own, Trainer trainer, DirectoryCheckpointStore store, StringBuilder text)
      throws Exception {
    long ids = 1L << bits;
    Runnable nothing = () -> {};
    Runnable everyPage = () -> learn(trainer, (int) (ids / IDS_A_PAGE), IDS_A_PAGE, 11);
    learn(trainer, 1, ids / 3, 1);
    checkpoint("one id", store, trainer, nothing); // loads what is needed
    List<Written> written = new ArrayList<>();
    long before = Resident.now().own();
    try (var most = new Resident.Most()) {
      learn(trainer, FEW, ids / FEW, 0);
      text.append(line("few ids", Resident.now().own() - before, own));
      written.add(checkpoint("few ids", store, trainer, nothing));
      learn(trainer, 64, ids / 64, 5);
      written.add(checkpoint("64 more", store, trainer, nothing));
      everyPage.run();
      check(trainer, ids);
      text.append(line("every page", Resident.now().own() - before, own));
      keepAsGood(trainer, bits);
      written.add(checkpoint("every page", store, trainer, everyPage));
      text.append(line("at most", most.resident().own() - before, own));
      text.append("  files resident, at most %,d bytes%n".formatted(most.resident().files()));
    }
    for (Written each : written) {
      text.append(each.readBack(store));
    }
  }

  /** A second life of the process: its trainer goes on from the last checkpoint. */
  private static void restore(int bits, long own, CopyRoom room, Path folder, StringBuilder text)
      throws Exception {
    for (int wait = 0; wait < 100 && Resident.now().own() > own / 2; wait++) {
      System.gc(); // the first one's memory goes when it is collected
      Thread.sleep(100);
    }
    long before = Resident.now().own();
    try (var most = new Resident.Most();
        var trainer =
            new Trainer(spec(bits), 1, DivergencePolicy.DEFAULT, WorkerMode.SYNCHRONOUS, room)) {
      trainer.restore(DirectoryCheckpointStore.forReading(folder).newest().orElseThrow());
      check(trainer, 1L << bits);
      text.append(line("restored", most.resident().own() - before, own));
    }
  }

  private static String line(String what, long bytes, long own) {
    return "  resident, %-12s %,14d bytes, %.3f of the table%n"
        .formatted(what, bytes, (double) bytes / own);
  }

  /** Takes steps until a copy of what is in every page is the last good state. */
  private static void keepAsGood(Trainer trainer, int bits) {
    long floats = 2L << bits;
    long steps = floats / (16 * ROWS) + 100; // so seldom is it copied, and so long that takes
    for (long step = 0; step < steps; step++) {
      learn(trainer, 1, 1, 11);
    }
  }

  /**
   * Writes one as a job does, on another thread.
   *
   * @param meanwhile what this thread does
   */
  private static Written checkpoint(
      String what, DirectoryCheckpointStore store, Trainer trainer, Runnable meanwhile)
      throws Exception {
    String sha256 = trainer.parametersSha256();
    long begin = System.nanoTime();
    var snapshot = trainer.startSnapshot("tables", 0);
    long call = System.nanoTime() - begin;
    try (var writer = Executors.newSingleThreadExecutor()) {
      Future<Entry> written =
          writer.submit(
              () -> {
                try {
                  return store.write(snapshot.finish());
                } finally {
                  snapshot.release();
                }
              });
      meanwhile.run();
      return new Written(what, written.get(), sha256, call, System.nanoTime() - begin);
    }
  }

  /**
   * A checkpoint.
   *
   * @param sha256 of the parameters that it has to have
   */
  private record Written(String what, Entry entry, String sha256, long callNanos, long nanos) {
    String readBack(DirectoryCheckpointStore store) {
      long begin = System.nanoTime();
      Checkpoint found = store.read(entry.name());
      long read = System.nanoTime() - begin;
      if (!sha256(found).equals(sha256)) {
        throw new IllegalStateException(entry.name() + " has other parameters than its moment");
      }
      return "  checkpoint, %-11s %,14d bytes on %s: call %.1f ms, written in %.0f ms, read in %.0f ms, last good at %s of %,d steps%n"
          .formatted(
              what,
              entry.bytes(),
              entry.base().map(base -> "another").orElse("zeros"),
              callNanos / 1e6,
              nanos / 1e6,
              read / 1e6,
              found.values().get("divergence.good.learned"),
              entry.step());
    }

    private static String sha256(Checkpoint found) {
      MemorySegment weights =
          Objects.requireNonNull(found.tensors().get("model.0.linear.weight")).data();
      try {
        var digest = MessageDigest.getInstance("SHA-256");
        for (long from = 0; from < weights.byteSize(); from += 1 << 20) {
          long bytes = Math.min(1 << 20, weights.byteSize() - from);
          digest.update(weights.asSlice(from, bytes).asByteBuffer());
        }
        return HexFormat.of().formatHex(digest.digest());
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Gives {@code count} ids, {@code apart} from each other, one positive sample each. */
  private static void learn(Trainer trainer, int count, long apart, int first) {
    var batch = new MiniBatch(trainer.schema(), ROWS);
    int pairs = 0;
    for (int i = 0; i < count; i++) {
      batch.rows().sparse(0).add((int) (first + i * apart), 1);
      pairs++;
      if (pairs % IDS_A_ROW == 0 || i == count - 1) {
        batch.rows().commitRow(1, 1, 0, i);
        if (batch.rows().size() == ROWS || i == count - 1) {
          trainer.train(batch);
          batch = new MiniBatch(trainer.schema(), ROWS);
        }
      }
    }
  }

  /** Ids that were learned have weights above 0, their neighbours have none. */
  private static void check(Trainer trainer, long ids) {
    long behind = ids - IDS_A_PAGE;
    float none = predicted(trainer, (int) behind + 12);
    if (predicted(trainer, (int) behind + 11) <= none || none != predicted(trainer, 13)) {
      throw new IllegalStateException("the table's end answers wrongly");
    }
  }

  private static float predicted(Trainer trainer, int id) {
    var batch = new MiniBatch(trainer.schema(), 1);
    batch.rows().sparse(0).add(id, 1);
    batch.rows().commitRow(1, 1, 0, 0);
    MemorySegment outputs = Floats.allocate(1);
    trainer.predict(batch.rows(), outputs);
    return Floats.read(outputs, 0);
  }

  private static ModelSpec spec(int bits) {
    return new ModelSpec(
        new SampleSchema(
            List.of(new SampleSchema.Input("x", new InputSpec.Sparse(bits))),
            new LabelSpec.Classes(List.of("no", "yes"))),
        List.of(Layers.variants().spec("linear", Map.of("bias", false))),
        Losses.variants().spec("logistic", Map.of()),
        Optimizers.variants().spec("adagrad", Map.of("learning-rate", RATE)),
        Schedules.variants().spec("constant", Map.of()),
        GradientClipping.NONE,
        Optional.empty(),
        UpdateMode.SAMPLE,
        ROWS,
        8,
        1);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
