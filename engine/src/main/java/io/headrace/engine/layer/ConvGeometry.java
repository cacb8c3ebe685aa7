package io.headrace.engine.layer;

import java.util.List;

/**
 * Sizes of a convolution over rows of [height, width, channels]: where its windows lie and how many
 * there are. Immutable.
 *
 * @param top rows of zeros above the image
 * @param left columns of zeros to its left
 */
record ConvGeometry(
    int height,
    int width,
    int channels,
    int kernelHeight,
    int kernelWidth,
    int strideY,
    int strideX,
    int dilation,
    int top,
    int bottom,
    int left,
    int right) {

  int outHeight() {
    return (height + top + bottom - reach(kernelHeight)) / strideY + 1;
  }

  int outWidth() {
    return (width + left + right - reach(kernelWidth)) / strideX + 1;
  }

  /** Whether no window fits into the image and its padding. */
  boolean empty() {
    return height + top + bottom < reach(kernelHeight) || width + left + right < reach(kernelWidth);
  }

  /** Inputs of one output. */
  int taps() {
    return kernelHeight * kernelWidth * channels;
  }

  List<Long> weightShape(int filters) {
    return List.of((long) filters, (long) kernelHeight, (long) kernelWidth, (long) channels);
  }

  /** Windows and zeros, for messages. */
  String describe() {
    return "windows of %dx%d with stride %d, dilation %d and zeros %d+%d, %d+%d"
        .formatted(kernelHeight, kernelWidth, strideX, dilation, top, bottom, left, right);
  }

  /** Pixels from the first to the last of a window of {@code size} taps, both included. */
  private int reach(int size) {
    return (size - 1) * dilation + 1;
  }
}
