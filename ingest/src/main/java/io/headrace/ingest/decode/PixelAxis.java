package io.headrace.ingest.decode;

/**
 * Where the pixels of an axis come from when it is resized by bilinear interpolation: pixel i of
 * {@code to} has its centre at (i + 0.5) * from / to - 0.5 among the {@code from}, between the
 * centres of two of them; beyond the first and the last centre those two go on. PyTorch's {@code
 * interpolate} calls it {@code align_corners=False}. Immutable.
 */
public final class PixelAxis {
  private final int[] before;
  private final int[] behind;
  private final float[] parts;

  public PixelAxis(int from, int to) {
    before = new int[to];
    behind = new int[to];
    parts = new float[to];
    for (int i = 0; i < to; i++) {
      float centre = Math.clamp((i + 0.5f) * from / to - 0.5f, 0, from - 1);
      before[i] = (int) centre;
      behind[i] = Math.min(before[i] + 1, from - 1);
      parts[i] = centre - before[i];
    }
  }

  /** Pixels that there will be. */
  public int length() {
    return parts.length;
  }

  /** The pixel whose centre is at or before that of pixel {@code i}. */
  public int before(int i) {
    return before[i];
  }

  /** The pixel whose centre is behind that of pixel {@code i}. */
  public int behind(int i) {
    return behind[i];
  }

  /** How far pixel {@code i} is from the one before to the one behind, from 0 to 1. */
  public float part(int i) {
    return parts[i];
  }

  /** The value that lies {@code part} of the way from one to the other. */
  public static float mix(float first, float second, float part) {
    return first + (second - first) * part;
  }
}
