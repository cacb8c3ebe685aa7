package io.headrace.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.memory.Floats;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class DropoutLayerTest extends LayerContract {
  private static final int WIDTH = 1001;
  private static final int ROWS = 50;

  @Override
  Stream<Example> examples() {
    return Stream.of(
        new Example("dropout", Map.of(), List.of(1)),
        new Example("dropout", Map.of("rate", 0.2), List.of(3, 3, 5)),
        new Example("dropout", Map.of("rate", 0), List.of(17)));
  }

  private static AttachedLayer layer(double rate, long seed) {
    var example = new Example("dropout", Map.of("rate", rate), List.of(WIDTH), ROWS);
    AttachedLayer layer = example.attached(seed);
    DenseValue x = (DenseValue) layer.input;
    Floats.fill(x.buffer(), 0, Floats.count(x.buffer()), 1);
    return layer;
  }

  private static boolean[] kept(AttachedLayer layer) {
    boolean[] kept = new boolean[ROWS * WIDTH];
    for (int i = 0; i < kept.length; i++) {
      long at = (long) (i / WIDTH) * layer.y.stride() + i % WIDTH;
      kept[i] = Floats.read(layer.y.buffer(), at) != 0;
    }
    return kept;
  }

  @Test
  void dropsThePartThatItWasToldTo() {
    AttachedLayer layer = layer(0.3, 1);
    layer.forward(ROWS);
    boolean[] kept = kept(layer);
    assertThat(part(kept, kept)).isCloseTo(0.7, Offset.offset(0.01));
    assertThat(Floats.toArray(layer.y.buffer())).containsOnly(0, 1 / 0.7f);
  }

  @Test
  void dropsElementsIndependently() {
    AttachedLayer layer = layer(0.3, 1);
    layer.forward(ROWS);
    boolean[] kept = kept(layer);
    for (int lag : new int[] {1, 2, 8, 16, WIDTH}) {
      boolean[] later = new boolean[kept.length];
      System.arraycopy(kept, lag, later, 0, kept.length - lag);
      System.arraycopy(kept, 0, later, kept.length - lag, lag);
      assertThat(part(kept, later)).as("lag %d", lag).isCloseTo(0.49, Offset.offset(0.012));
    }
  }

  @Test
  void dropsOthersInAnotherStepAndUnderAnotherSeed() {
    AttachedLayer layer = layer(0.5, 1);
    layer.forward(ROWS);
    boolean[] first = kept(layer);
    layer.startStep(2);
    layer.forward(ROWS);
    assertThat(part(first, kept(layer))).isCloseTo(0.25, Offset.offset(0.01));
    AttachedLayer other = layer(0.5, 2);
    other.forward(ROWS);
    assertThat(part(first, kept(other))).isCloseTo(0.25, Offset.offset(0.01));
  }

  @Test
  void passesOnWhatIsNotLearnedFrom() {
    AttachedLayer layer = layer(0.5, 1);
    layer.predict(ROWS);
    assertThat(part(kept(layer), kept(layer))).isEqualTo(1);
  }

  /** The part of the places where both are true. */
  private static double part(boolean[] a, boolean[] b) {
    int count = 0;
    for (int i = 0; i < a.length; i++) {
      count += a[i] && b[i] ? 1 : 0;
    }
    return (double) count / a.length;
  }
}
