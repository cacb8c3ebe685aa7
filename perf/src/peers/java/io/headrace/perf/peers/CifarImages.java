package io.headrace.perf.peers;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.memory.Floats;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * CIFAR-10 images of the binary version in memory: 3,073 bytes an image, its label and then planes
 * of red, green and blue. Immutable.
 */
final class CifarImages {
  private static final int PIXELS = 3 * 32 * 32;
  private static final int RECORD = 1 + PIXELS;

  private final byte[] bytes;

  private CifarImages(byte[] bytes) {
    this.bytes = bytes;
  }

  static CifarImages read(Path directory, List<String> files) throws IOException {
    var all = new ByteArrayOutputStream();
    for (String file : files) {
      Path path = directory.resolve(file);
      byte[] bytes = Files.readAllBytes(path);
      if (bytes.length != 10_000 * RECORD) {
        throw new HeadraceException(
            path + " has " + bytes.length + " bytes, not those of 10,000 images: fetch it again.");
      }
      all.write(bytes);
    }
    return new CifarImages(all.toByteArray());
  }

  int count() {
    return bytes.length / RECORD;
  }

  /** The images at {@code order[from]} up to {@code order[to]}, excluded, within -1 and 1. */
  Tensor inputs(int[] order, int from, int to) {
    float[] values = new float[(to - from) * PIXELS];
    int at = 0;
    for (int i = from; i < to; i++) {
      int start = order[i] * RECORD + 1;
      for (int pixel = start; pixel < start + PIXELS; pixel++) {
        values[at++] = ((bytes[pixel] & 0xFF) / 255f - 0.5f) / 0.5f;
      }
    }
    return Tensor.create(values, to - from, 3, 32, 32).contiguous(torch.MemoryFormat.ChannelsLast);
  }

  /** Writes image {@code image} to {@code at} as [row][column][colour], within -1 and 1. */
  void write(int image, MemorySegment to, long at) {
    int start = image * RECORD + 1;
    int plane = PIXELS / 3;
    for (int i = 0; i < PIXELS; i++) {
      int value = bytes[start + i % 3 * plane + i / 3] & 0xFF;
      Floats.write(to, at + i, (value / 255f - 0.5f) / 0.5f);
    }
  }

  int label(int image) {
    return bytes[image * RECORD];
  }

  Tensor labels(int[] order, int from, int to) {
    long[] labels = new long[to - from];
    for (int i = from; i < to; i++) {
      labels[i - from] = bytes[order[i] * RECORD];
    }
    return Tensor.create(labels, to - from);
  }
}
