package io.headrace.ingest.decode;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.state.StateReader;
import io.headrace.engine.state.StateWriter;
import io.headrace.engine.state.Stateful;
import io.headrace.engine.state.Tensor;
import io.headrace.engine.state.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The borders between the buckets of one field: exact quantiles of the first numbers that are
 * added. They are drawn when there are as many numbers as buckets, again whenever there are twice
 * as many, and for the last time at the end of the warm-up; the numbers are forgotten then. The
 * k-th bucket holds the k-th of so many equal parts each time.
 *
 * <p>One thread adds, saves and restores; any thread may ask for borders meanwhile, which are not
 * changed once they are drawn.
 */
final class QuantileBorders implements Stateful {
  private static final String NUMBERS = "numbers";
  private static final String BORDERS = "borders";
  private static final ValueLayout.OfFloat LITTLE =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int buckets;
  private final int warmUp;
  private float[] numbers = {};
  private int met;
  private int due;

  /** All that were drawn, the newest last. */
  private volatile float[][] drawn = {};

  private volatile float @Nullable [] last;

  /**
   * @param warmUp numbers from which borders are drawn in the end; at least as many as buckets
   */
  QuantileBorders(int buckets, int warmUp) {
    this.buckets = buckets;
    this.warmUp = warmUp;
    due = buckets;
  }

  /** The bucket of a number: how many borders do not lie above it. */
  static int bucket(float[] borders, float number) {
    int below = 0;
    int above = borders.length;
    while (below < above) {
      int middle = (below + above) >>> 1;
      if (borders[middle] <= number) {
        below = middle + 1;
      } else {
        above = middle;
      }
    }
    return below;
  }

  /** The next number of the stream, which is finite. */
  void add(float number) {
    if (last != null) {
      return;
    }
    if (met == numbers.length) {
      numbers = Arrays.copyOf(numbers, Math.min(warmUp, Math.max(64, 2 * met)));
    }
    numbers[met++] = number;
    if (met == due) {
      draw();
    }
  }

  private void draw() {
    float[] sorted = Arrays.copyOf(numbers, met);
    Arrays.sort(sorted);
    float[] borders = new float[buckets - 1];
    for (int i = 0; i < borders.length; i++) {
      borders[i] = sorted[(int) ((i + 1L) * met / buckets)];
    }
    publish(borders);
    if (met == warmUp) {
      end(borders);
    }
    due = (int) Math.min(warmUp, 2L * due);
  }

  private void publish(float[] borders) {
    float[][] more = Arrays.copyOf(drawn, drawn.length + 1);
    more[drawn.length] = borders;
    drawn = more;
  }

  private void end(float[] borders) {
    last = borders;
    numbers = new float[0];
    met = warmUp;
  }

  /** How often borders were drawn. */
  int timesDrawn() {
    return drawn.length;
  }

  /** Those that were drawn when {@link #timesDrawn} said {@code times}; null for 0. */
  float @Nullable [] drawn(int times) {
    return times == 0 ? null : drawn[times - 1];
  }

  /** Those drawn last so far; null before the first. */
  float @Nullable [] newest() {
    return drawn(drawn.length);
  }

  /** Those that never move again; null during the warm-up. */
  float @Nullable [] last() {
    return last;
  }

  @Override
  public void save(StateWriter to) {
    float[] borders = last;
    if (borders == null) {
      write(NUMBERS, numbers, met, to);
    } else {
      write(BORDERS, borders, borders.length, to);
    }
  }

  /** Forgets what was added, and takes what was saved. For the time before anyone asks. */
  @Override
  public void restore(StateReader from) {
    numbers = new float[0];
    met = 0;
    due = buckets;
    drawn = new float[0][];
    last = null;
    Optional<Tensor> borders = from.tensor(BORDERS);
    if (borders.isPresent()) {
      float[] read = read(borders.get());
      if (read.length != buckets - 1) {
        throw new HeadraceException(
            "The checkpoint has the borders of %d buckets, and the job asks for %d."
                .formatted(read.length + 1, buckets));
      }
      publish(read);
      end(read);
      return;
    }
    float[] read =
        from.tensor(NUMBERS)
            .map(QuantileBorders::read)
            .orElseThrow(
                () ->
                    new HeadraceException(
                        "The checkpoint lacks the borders of buckets that the job learns."));
    for (float number : read) {
      add(number);
    }
  }

  private static void write(String name, float[] from, int count, StateWriter to) {
    MemorySegment data = MemorySegment.ofArray(new byte[count * Float.BYTES]);
    for (int i = 0; i < count; i++) {
      data.setAtIndex(LITTLE, i, from[i]);
    }
    to.tensor(name, TensorType.F32, new long[] {count}, data);
  }

  private static float[] read(Tensor tensor) {
    float[] into = new float[Math.toIntExact(tensor.data().byteSize() / Float.BYTES)];
    for (int i = 0; i < into.length; i++) {
      into[i] = tensor.data().getAtIndex(LITTLE, i);
    }
    return into;
  }
}
