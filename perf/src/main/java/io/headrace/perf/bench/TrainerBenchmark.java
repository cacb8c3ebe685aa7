package io.headrace.perf.bench;

import io.headrace.engine.WorkerMode;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Samples a second that the trainer alone scores and learns from, in batches of 64, clicks in those
 * of 1,024. One thread unless the name says otherwise.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class TrainerBenchmark {

  @State(Scope.Thread)
  public static class Linear28 {
    private final TrainerCase training = TrainerCase.linear(28, 1);

    @TearDown
    public void check() {
      training.close();
    }
  }

  @State(Scope.Thread)
  public static class Linear29 {
    private final TrainerCase training = TrainerCase.linear(29, 1);

    @TearDown
    public void check() {
      training.close();
    }
  }

  @State(Scope.Thread)
  public static class SparseLinear {
    private final TrainerCase training = TrainerCase.sparse(1);

    @TearDown
    public void check() {
      training.close();
    }
  }

  @State(Scope.Thread)
  public static class RowByRow {
    private final TrainerCase training = TrainerCase.rowByRow();

    @TearDown
    public void check() {
      training.close();
    }
  }

  @State(Scope.Thread)
  public static class Mlp {
    private final TrainerCase training = TrainerCase.mlp(1);

    @TearDown
    public void check() {
      training.close();
    }
  }

  @State(Scope.Thread)
  public static class MlpTwoThreads {
    private final TrainerCase training = TrainerCase.mlp(2);

    @TearDown
    public void check() {
      training.close();
    }
  }

  @State(Scope.Thread)
  public static class Clicks {
    @Param public WorkerMode mode = WorkerMode.SYNCHRONOUS;

    @Param({"1", "2"})
    public int threads;

    private @Nullable TrainerCase training;

    @Setup
    public void make() {
      training = TrainerCase.clicks(mode, threads);
    }

    @TearDown
    public void check() {
      training().close();
    }

    TrainerCase training() {
      return Objects.requireNonNull(training);
    }
  }

  @Benchmark
  @OperationsPerInvocation(TrainerCase.CLICKS)
  public double clicks(Clicks state) {
    return state.training().trainAll();
  }

  @Benchmark
  @OperationsPerInvocation(TrainerCase.ROWS)
  public double linear28(Linear28 state) {
    return state.training.trainAll();
  }

  @Benchmark
  @OperationsPerInvocation(TrainerCase.ROWS)
  public double linear29(Linear29 state) {
    return state.training.trainAll();
  }

  @Benchmark
  @OperationsPerInvocation(TrainerCase.ROWS)
  public double sparseLinear(SparseLinear state) {
    return state.training.trainAll();
  }

  @Benchmark
  @OperationsPerInvocation(TrainerCase.ROWS)
  public double rowByRow(RowByRow state) {
    return state.training.trainAll();
  }

  @Benchmark
  @OperationsPerInvocation(TrainerCase.ROWS)
  public double mlp(Mlp state) {
    return state.training.trainAll();
  }

  @Benchmark
  @OperationsPerInvocation(TrainerCase.ROWS)
  public double mlpTwoThreads(MlpTwoThreads state) {
    return state.training.trainAll();
  }
}
