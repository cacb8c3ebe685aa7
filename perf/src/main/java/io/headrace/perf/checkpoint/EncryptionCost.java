package io.headrace.perf.checkpoint;

import com.sun.management.OperatingSystemMXBean;
import io.headrace.engine.Checkpoint;
import io.headrace.engine.memory.Zeros;
import io.headrace.engine.sample.Ledger;
import io.headrace.engine.state.Tensor;
import io.headrace.engine.state.TensorType;
import io.headrace.perf.load.Machine;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import io.headrace.sink.seal.EncryptionSettings;
import io.headrace.sink.seal.FileSeal;
import io.headrace.sink.seal.KeyRing;
import io.headrace.sink.seal.KeySetFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * What encryption adds to writing a checkpoint of 100 MB, forced to the disk, and to reading and
 * verifying it: both kinds by turns, each compared with what was written. What it takes of
 * processors is that of the whole process.
 */
public final class EncryptionCost {
  private static final int BYTES = 100_000_000;
  private static final OperatingSystemMXBean PROCESS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private EncryptionCost() {}

  public static void main(String[] arguments) throws IOException {
    int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 15;
    Path folder = Files.createTempDirectory(Path.of("").toAbsolutePath(), "encryption-cost");
    var place =
        new EncryptionSettings(
            folder.resolve("keys.json").toString(), Optional.empty(), Optional.empty());
    new KeySetFile(place).create();
    FileSeal[] seals = {FileSeal.NONE, FileSeal.of(KeyRing.open(place))};
    String[] names = {"plain", "encrypted"};
    long[][] writes = new long[2][rounds];
    long[][] reads = new long[2][rounds];
    long[][] busy = new long[2][rounds];
    System.out.println(Machine.describe());
    try {
      for (int round = -3; round < rounds; round++) { // the first three warm up
        Checkpoint checkpoint = checkpoint(round + 4);
        for (int kind = 0; kind < 2; kind++) {
          long busyBefore = PROCESS.getProcessCpuTime();
          long begin = System.nanoTime();
          var store =
              DirectoryCheckpointStore.forWriting(
                  folder.resolve(names[kind]), 1, false, seals[kind]);
          String name = store.write(checkpoint).name();
          long written = System.nanoTime();
          long busyAfter = PROCESS.getProcessCpuTime();
          check(store.read(name), checkpoint);
          if (round >= 0) {
            writes[kind][round] = written - begin;
            reads[kind][round] = System.nanoTime() - written;
            busy[kind][round] = busyAfter - busyBefore;
          }
        }
      }
      for (int kind = 0; kind < 2; kind++) {
        System.out.printf(
            "%-9s  written and forced %s, of processors %s  read and verified %s%n",
            names[kind], text(writes[kind]), text(busy[kind]), text(reads[kind]));
      }
      System.out.printf(
          "encryption adds %.1f %% to writing, %.1f %% to what that takes of processors, %.1f %% to reading (of the medians)%n",
          added(writes), added(busy), added(reads));
    } finally {
      for (String name : names) {
        delete(folder.resolve(name));
      }
      delete(folder);
    }
  }

  private static Checkpoint checkpoint(long step) {
    MemorySegment data = Zeros.allocate(BYTES);
    var random = new SplittableRandom(step);
    for (long at = 0; at < BYTES; at += Long.BYTES) {
      data.set(ValueLayout.JAVA_LONG_UNALIGNED, at, random.nextLong());
    }
    var tensors = new TreeMap<String, Tensor>();
    tensors.put("weights", Tensor.of(TensorType.F32, new long[] {BYTES / 4}, data));
    return new Checkpoint(
        "cost", "", step, 0, new Ledger(new TreeMap<>()), new TreeMap<>(), tensors);
  }

  private static void check(Checkpoint found, Checkpoint expected) {
    MemorySegment before = expected.tensors().values().iterator().next().data();
    if (found.tensors().values().iterator().next().data().mismatch(before) >= 0) {
      throw new AssertionError("other weights than were written");
    }
  }

  private static double added(long[][] nanos) {
    return 100.0 * (median(nanos[1]) - median(nanos[0])) / median(nanos[0]);
  }

  private static double median(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static String text(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return "p50 %.0f ms (%.0f to %.0f)"
        .formatted(median(nanos) / 1e6, sorted[0] / 1e6, sorted[sorted.length - 1] / 1e6);
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
