package io.headrace.ingest.decode;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;

/**
 * An image of any size as numbers from 0 to 255. Immutable.
 *
 * @param image grey, or anything that has red, green and blue
 */
record Picture(BufferedImage image) {
  /**
   * Writes the picture to {@code to}, resized to {@code height} and {@code width} by bilinear
   * interpolation between the centres of its pixels; one of the same size stays as it is.
   *
   * @param channels 3 for red, green and blue, 1 for grey: 0.299 red + 0.587 green + 0.114 blue
   */
  void write(int height, int width, int channels, VectorWriter to) {
    var rows = new PixelAxis(image.getHeight(), height);
    var columns = new PixelAxis(image.getWidth(), width);
    int upperY = -1;
    int lowerY = -1;
    int[][] upper = {};
    int[][] lower = {};
    for (int y = 0; y < height; y++) {
      int before = rows.before(y);
      int behind = rows.behind(y);
      upper = before == upperY ? upper : before == lowerY ? lower : row(before, channels);
      upperY = before;
      lower = behind == lowerY ? lower : behind == upperY ? upper : row(behind, channels);
      lowerY = behind;
      for (int x = 0; x < width; x++) {
        int left = columns.before(x);
        int right = columns.behind(x);
        for (int i = 0; i < channels; i++) {
          float above = PixelAxis.mix(upper[i][left], upper[i][right], columns.part(x));
          float below = PixelAxis.mix(lower[i][left], lower[i][right], columns.part(x));
          to.add(PixelAxis.mix(above, below, rows.part(y)));
        }
      }
    }
  }

  /** One row of pixels, by channel; the whole picture as numbers would take several times it. */
  private int[][] row(int y, int channels) {
    if (isGrey()) {
      int[] grey = samples(y);
      return channels == 1 ? new int[][] {grey} : new int[][] {grey, grey, grey};
    }
    int[] rgb = image.getRGB(0, y, image.getWidth(), 1, null, 0, image.getWidth());
    int[][] planes = new int[channels][rgb.length];
    for (int x = 0; x < rgb.length; x++) {
      int red = (rgb[x] >> 16) & 0xff;
      int green = (rgb[x] >> 8) & 0xff;
      int blue = rgb[x] & 0xff;
      if (channels == 1) {
        planes[0][x] = (299 * red + 587 * green + 114 * blue + 500) / 1000;
      } else {
        planes[0][x] = red;
        planes[1][x] = green;
        planes[2][x] = blue;
      }
    }
    return planes;
  }

  private boolean isGrey() {
    boolean indexed = image.getColorModel() instanceof IndexColorModel;
    return !indexed && image.getColorModel().getNumColorComponents() == 1;
  }

  /** Grey as it was stored: asking for its colours would bend it to another curve of brightness. */
  private int[] samples(int y) {
    int[] samples = image.getRaster().getSamples(0, y, image.getWidth(), 1, 0, (int[]) null);
    int bits = image.getColorModel().getComponentSize(0);
    int most = (1 << bits) - 1;
    for (int i = 0; i < samples.length && bits != 8; i++) {
      samples[i] = Math.round(samples[i] * 255f / most);
    }
    return samples;
  }
}
