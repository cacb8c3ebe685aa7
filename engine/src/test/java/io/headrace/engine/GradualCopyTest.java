package io.headrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.kernel.KernelProvider;
import io.headrace.engine.layer.Parameter;
import io.headrace.engine.layer.Parameters;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Three vectors: parameters whose rows have padding, rows longer than a page, single floats. What
 * is in them at first is what the copy must hold, whoever changes what meanwhile.
 */
class GradualCopyTest {
  private static final int VECTORS = 3;
  private static final int CHANGERS = 3;

  private final Parameters owner = new Parameters();
  private final List<Parameter> parameters =
      List.of(
          parameter("short", 0, 700, 3, 16),
          parameter("long", 11_200, 5, 2_500, 2_512),
          parameter("one", 23_760, 1, 1, 16),
          parameter("table", 23_776, 9_000, 4, 4));
  private final long size = 59_776;
  private final List<MemorySegment> originals = new ArrayList<>();
  private final List<List<CopyPlace>> copies = new ArrayList<>();
  private final GradualCopy copy;

  GradualCopyTest() {
    for (int vector = 0; vector < VECTORS; vector++) {
      MemorySegment original = Floats.allocate(size);
      for (long i = 0; i < size; i++) {
        Floats.write(original, i, first(vector, i));
      }
      originals.add(original);
      copies.add(
          parameters.stream().map(p -> new CopyPlace(Floats.allocate(p.count()), false)).toList());
    }
    copy = new GradualCopy(KernelProvider.kernels(), parameters, size, originals, copies, staged());
  }

  Optional<StagedPages> staged() {
    return Optional.empty();
  }

  private Parameter parameter(String name, long offset, long rows, long columns, long stride) {
    return new Parameter(owner, name, List.of(rows, columns), rows, columns, stride, offset, false);
  }

  private static float first(int vector, long at) {
    return 1 + vector * 100_000f + at;
  }

  private void assertHoldsTheFirstValues() {
    for (int vector = 0; vector < VECTORS; vector++) {
      for (int p = 0; p < parameters.size(); p++) {
        Parameter parameter = parameters.get(p);
        float[] expected = new float[(int) parameter.count()];
        for (int i = 0; i < expected.length; i++) {
          long row = i / parameter.columns();
          long column = i % parameter.columns();
          expected[i] = first(vector, parameter.offset() + row * parameter.stride() + column);
        }
        float[] found = Floats.toArray(copies.get(vector).get(p).memory());
        int differsAt = Arrays.mismatch(found, expected);
        assertThat(differsAt).as("%s of vector %d", parameter.name(), vector).isEqualTo(-1);
      }
    }
  }

  @Test
  void copiesEverythingInItsSteps() {
    int steps = 0;
    for (; !copy.isDone(); steps++) {
      copy.advance();
    }
    assertThat(steps).isEqualTo(8);
    assertHoldsTheFirstValues();
  }

  @Test
  void copiesTheFloatsThatAreAboutToChangeAndLeavesOthers() {
    copy.before(12_000, 2_000);
    assertThat(copy.isDone()).isFalse();
    originals.forEach(original -> Floats.fill(original, 12_000, 2_000, -1));
    copy.finish();
    assertThat(copy.isDone()).isTrue();
    assertHoldsTheFirstValues();
  }

  @Test
  void whoHelpsLeavesNothingToCopy() {
    copy.before(12_000, 2_000);
    originals.forEach(original -> Floats.fill(original, 12_000, 2_000, -1));
    copy.helpFinish();
    assertThat(copy.isDone()).isTrue();
    assertHoldsTheFirstValues();
  }

  /**
   * As a team does in a step, while the writer of checkpoints copies and another thread helps:
   * parts end within pages.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void holdsTheFirstValuesWhileSeveralThreadsChangeThem(long seed) throws Exception {
    int part = 100 + new Random(seed).nextInt(2_000);
    var start = new CyclicBarrier(CHANGERS + 2);
    List<Future<?>> ends = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(CHANGERS + 1)) {
      for (int changer = 0; changer < CHANGERS; changer++) {
        int of = changer;
        ends.add(
            threads.submit(
                () -> {
                  start.await();
                  change(of, part, new Random(31 * seed + of));
                  return null;
                }));
      }
      ends.add(
          threads.submit(
              () -> {
                start.await();
                copy.helpFinish();
                return null;
              }));
      start.await();
      copy.finish();
      assertHoldsTheFirstValues();
      for (Future<?> end : ends) {
        end.get();
      }
    }
    assertHoldsTheFirstValues();
    originals.forEach(
        original -> assertThat(Floats.toArray(original)).as("seed %d", seed).containsOnly(-1));
  }

  /** Changes every third part, {@code first} among them, and begins anywhere. */
  private void change(int first, int part, Random random) {
    int parts = Math.ceilDiv((int) size, part);
    int begin = random.nextInt(parts);
    for (int i = 0; i < parts; i++) {
      int number = (begin + i) % parts;
      if (number % CHANGERS == first) {
        long from = (long) number * part;
        long count = Math.min(part, size - from);
        copy.before(from, count);
        originals.forEach(original -> Floats.fill(original, from, count, -1));
      }
    }
  }
}
