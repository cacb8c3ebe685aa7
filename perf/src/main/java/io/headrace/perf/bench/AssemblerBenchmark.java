package io.headrace.perf.bench;

import io.headrace.pipeline.batch.StreamEnd;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Rows a second through the batch assembler alone, from blocks of 1024 dense rows of 29 floats to a
 * handler that sums up positions and floats. Every stream is checked, in the time that is measured,
 * and so are the start and the end of its threads.
 *
 * <pre>
 * blocks, filled again ──▶ assembler (one thread) ──▶ ring of 64 ──▶ checking handler (one thread)
 * </pre>
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class AssemblerBenchmark {

  @State(Scope.Thread)
  public static class Blocks {
    private final AssemblerCase assembly = new AssemblerCase();
  }

  @Benchmark
  @OperationsPerInvocation(AssemblerCase.ROWS)
  public StreamEnd batchesOf64(Blocks blocks) {
    return blocks.assembly.run(64);
  }

  @Benchmark
  @OperationsPerInvocation(AssemblerCase.ROWS)
  public StreamEnd batchesOf64Journalled(Blocks blocks) {
    return blocks.assembly.runJournalled(64);
  }

  @Benchmark
  @OperationsPerInvocation(AssemblerCase.ROWS)
  public StreamEnd batchesOf64JournalledAndEncrypted(Blocks blocks) {
    return blocks.assembly.runEncrypted(64);
  }

  @Benchmark
  @OperationsPerInvocation(AssemblerCase.ROWS)
  public StreamEnd batchesOf256(Blocks blocks) {
    return blocks.assembly.run(256);
  }
}
