package io.headrace.ingest.decode;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

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
    int[][] planes = channels == 1 ? new int[][] {grey()} : colours();
    var rows = new PixelAxis(image.getHeight(), height);
    var columns = new PixelAxis(image.getWidth(), width);
    for (int y = 0; y < height; y++) {
      int upper = rows.before(y) * image.getWidth();
      int lower = rows.behind(y) * image.getWidth();
      for (int x = 0; x < width; x++) {
        int left = columns.before(x);
        int right = columns.behind(x);
        for (int[] plane : planes) {
          float above = PixelAxis.mix(plane[upper + left], plane[upper + right], columns.part(x));
          float below = PixelAxis.mix(plane[lower + left], plane[lower + right], columns.part(x));
          to.add(PixelAxis.mix(above, below, rows.part(y)));
        }
      }
    }
  }

  private int[] grey() {
    if (isGrey()) {
      return samples();
    }
    int[] rgb = rgb();
    for (int i = 0; i < rgb.length; i++) {
      int red = (rgb[i] >> 16) & 0xff;
      int green = (rgb[i] >> 8) & 0xff;
      int blue = rgb[i] & 0xff;
      rgb[i] = (299 * red + 587 * green + 114 * blue + 500) / 1000;
    }
    return rgb;
  }

  private int[][] colours() {
    if (isGrey()) {
      int[] grey = samples();
      return new int[][] {grey, grey, grey};
    }
    int[] rgb = rgb();
    int[][] planes = new int[3][rgb.length];
    for (int i = 0; i < rgb.length; i++) {
      planes[0][i] = (rgb[i] >> 16) & 0xff;
      planes[1][i] = (rgb[i] >> 8) & 0xff;
      planes[2][i] = rgb[i] & 0xff;
    }
    return planes;
  }

  private boolean isGrey() {
    boolean indexed = image.getColorModel() instanceof IndexColorModel;
    return !indexed && image.getColorModel().getNumColorComponents() == 1;
  }

  /** Grey as it was stored: asking for its colours would bend it to another curve of brightness. */
  private int[] samples() {
    Raster raster = image.getRaster();
    int[] samples = raster.getSamples(0, 0, image.getWidth(), image.getHeight(), 0, (int[]) null);
    int bits = image.getColorModel().getComponentSize(0);
    int most = (1 << bits) - 1;
    for (int i = 0; i < samples.length && bits != 8; i++) {
      samples[i] = Math.round(samples[i] * 255f / most);
    }
    return samples;
  }

  private int[] rgb() {
    int width = image.getWidth();
    return image.getRGB(0, 0, width, image.getHeight(), null, 0, width);
  }
}
