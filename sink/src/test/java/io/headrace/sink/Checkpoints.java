package io.headrace.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.engine.state.Tensor;
import io.headrace.engine.state.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Checkpoints for tests. */
public final class Checkpoints {
  private Checkpoints() {}

  /** One of every kind of tensor, an empty one and a scalar included, and awkward text. */
  public static Checkpoint atStep(long step) {
    var tensors = new TreeMap<String, Tensor>();
    tensors.put("a.bytes", tensor(step, TensorType.U8, 13));
    tensors.put("layer-0.weight", tensor(step, TensorType.F32, 7, 3));
    tensors.put("layer-0.slot", tensor(step, TensorType.F64, 2, 2, 2));
    tensors.put("steps", tensor(step, TensorType.I64));
    tensors.put("z.empty", tensor(step, TensorType.I32, 0, 4));
    var entries = new TreeMap<SourcePartition, Ledger.Entry>();
    entries.put(new SourcePartition("flights", 0), new Ledger.Entry(step * 10, step, 2, 3));
    entries.put(new SourcePartition("dir/\"ü\\file\".csv", 0), new Ledger.Entry(19, 8, 1, 0, 10));
    return new Checkpoint(
        "flight-delay",
        "layers [linear{input=features}]\nseed 1",
        step,
        1_700_000_000_000L + step,
        new Ledger(entries),
        new TreeMap<>(Map.of("trainer.seed", "42", "empty", "", "quote", "\"\\\n€")),
        tensors);
  }

  public static void assertEqual(Checkpoint found, Checkpoint expected) {
    assertThat(found.job()).isEqualTo(expected.job());
    assertThat(found.fingerprint()).isEqualTo(expected.fingerprint());
    assertThat(found.step()).isEqualTo(expected.step());
    assertThat(found.createdAtMillis()).isEqualTo(expected.createdAtMillis());
    assertThat(found.ledger()).isEqualTo(expected.ledger());
    assertThat(found.values()).isEqualTo(expected.values());
    assertThat(found.tensors().keySet()).isEqualTo(expected.tensors().keySet());
    expected
        .tensors()
        .forEach(
            (name, tensor) -> {
              Tensor its = Objects.requireNonNull(found.tensors().get(name), name);
              assertThat(its.type()).isEqualTo(tensor.type());
              assertThat(its.shape()).isEqualTo(tensor.shape());
              assertThat(its.data().mismatch(tensor.data())).as(name).isEqualTo(-1);
            });
  }

  private static Tensor tensor(long seed, TensorType type, long... shape) {
    long bytes = type.bytes();
    for (long length : shape) {
      bytes *= length;
    }
    byte[] random = new byte[(int) bytes];
    new SplittableRandom(seed).nextBytes(random);
    MemorySegment data = Arena.ofAuto().allocate(Math.max(1, bytes), 64).asSlice(0, bytes);
    data.copyFrom(MemorySegment.ofArray(random));
    return Tensor.of(type, shape, data);
  }

  /** {@link #atStep} with one more tensor. */
  public static Checkpoint withTensor(long step, String name, Tensor tensor) {
    Checkpoint small = atStep(step);
    var tensors = new TreeMap<>(small.tensors());
    tensors.put(name, tensor);
    return new Checkpoint(
        small.job(),
        small.fingerprint(),
        small.step(),
        small.createdAtMillis(),
        small.ledger(),
        small.values(),
        tensors);
  }
}
