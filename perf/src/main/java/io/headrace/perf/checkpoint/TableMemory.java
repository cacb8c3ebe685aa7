package io.headrace.perf.checkpoint;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.DivergencePolicy;
import io.headrace.engine.ModelSpec;
import io.headrace.engine.Trainer;
import io.headrace.engine.UpdateMode;
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
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a table of 2^bits weights with AdaGrad's slots takes: resident memory before a sample, after
 * few ids, and after ids in every page, beside the table's own size; and size and time of
 * checkpoints in between, each read back. Every answer is checked.
 */
public final class TableMemory {
  private static final int ROWS = 64;
  private static final int IDS_A_ROW = 64;

  /** Ids so near that one of them lies in every page of weights and slots. */
  private static final int IDS_A_PAGE = 512;

  private static final int FEW = 1 << 12;
  private static final double RATE = 0.05;

  private TableMemory() {}

  /**
   * Measures.
   *
   * @param arguments bits, 28 by default
   */
  public static void main(String[] arguments) throws IOException {
    int bits = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 28;
    System.out.println(Machine.describe());
    System.out.print(measured(bits));
  }

  /** The lines of a report; a wrong answer is an exception. */
  static String measured(int bits) throws IOException {
    long own = (2L << bits) * Float.BYTES;
    var text = new StringBuilder();
    text.append("table of 2^%d weights and slots: %,d bytes%n".formatted(bits, own));
    memory(bits, own, text);
    checkpoints(bits, text);
    return text.toString();
  }

  private static void memory(int bits, long own, StringBuilder text) throws IOException {
    long ids = 1L << bits;
    try (var trainer = new Trainer(spec(bits), 1, policy())) {
      learn(trainer, 1, ids / 3, 1); // compiles, and loads what is needed
      long before = residentBytes();
      learn(trainer, FEW, ids / FEW, 0);
      text.append(line("few ids", residentBytes() - before, own));
      learn(trainer, (int) (ids / IDS_A_PAGE), IDS_A_PAGE, 11);
      check(trainer, ids);
      text.append(line("every page", residentBytes() - before, own));
    }
  }

  private static void checkpoints(int bits, StringBuilder text) throws IOException {
    long ids = 1L << bits;
    Path folder = Files.createTempDirectory("tables");
    try (var trainer = new Trainer(spec(bits), 1, policy())) {
      var store = DirectoryCheckpointStore.forWriting(folder, 3);
      learn(trainer, FEW, ids / FEW, 0);
      text.append(checkpoint("few ids", store, trainer));
      learn(trainer, 64, ids / 64, 5);
      text.append(checkpoint("64 more", store, trainer));
      learn(trainer, (int) (ids / IDS_A_PAGE), IDS_A_PAGE, 11);
      text.append(checkpoint("every page", store, trainer));
    } finally {
      delete(folder);
    }
  }

  private static String line(String what, long bytes, long own) {
    return "  resident, %-12s %,14d bytes, %.3f of the table%n"
        .formatted(what, bytes, (double) bytes / own);
  }

  private static String checkpoint(String what, DirectoryCheckpointStore store, Trainer trainer) {
    long begin = System.nanoTime();
    var snapshot = trainer.startSnapshot("tables", 0);
    long call = System.nanoTime() - begin;
    Entry entry = store.write(snapshot.finish());
    long written = System.nanoTime() - begin;
    begin = System.nanoTime();
    Checkpoint found = store.read(entry.name());
    long read = System.nanoTime() - begin;
    try (var resumed = new Trainer(spec(bits(trainer)), 1, policy())) {
      resumed.restore(found);
      if (!resumed.parametersSha256().equals(trainer.parametersSha256())) {
        throw new IllegalStateException("the checkpoint has other parameters");
      }
    }
    return "  checkpoint, %-11s %,14d bytes on %s: call %.1f ms, written in %.0f ms, read in %.0f ms%n"
        .formatted(
            what,
            entry.bytes(),
            entry.base().map(base -> "another").orElse("zeros"),
            call / 1e6,
            written / 1e6,
            read / 1e6);
  }

  private static int bits(Trainer trainer) {
    return ((InputSpec.Sparse) trainer.schema().inputs().getFirst().spec()).bits();
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

  private static DivergencePolicy policy() {
    return new DivergencePolicy(
        DivergencePolicy.Action.SKIP, Double.POSITIVE_INFINITY, 1_000, 10, false);
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

  private static long residentBytes() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("RssAnon:"))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElseThrow();
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
