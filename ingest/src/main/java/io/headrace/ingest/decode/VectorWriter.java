package io.headrace.ingest.decode;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.DenseColumn;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.ingest.RecordChunk.Fault;
import io.headrace.ingest.RejectionReason;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Writes the floats of one dense input of the row under construction, piece by piece; floats beyond
 * the input's width are counted, not written. Not thread-safe.
 */
final class VectorWriter {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int EXPONENT = 0x7f800000;

  /** What a byte of a pixel is divided by. */
  static final float BRIGHTEST_PIXEL = 255;

  private static final float[] PIXEL_VALUES = new float[256];

  static {
    for (int i = 0; i < PIXEL_VALUES.length; i++) {
      PIXEL_VALUES[i] = i / BRIGHTEST_PIXEL;
    }
  }

  private final String name;
  private final int input;
  private final int width;
  private final float unit;
  private MemorySegment values = MemorySegment.NULL;
  private long base;
  private boolean started;
  private long filled;
  private long notFiniteAt;
  private int strayBytes;

  /**
   * @param unit what becomes 1: every number is divided by it, and bytes are pixels unless it is 1
   */
  VectorWriter(String name, int input, int width, float unit) {
    this.name = name;
    this.input = input;
    this.width = width;
    this.unit = unit;
  }

  /** Turns to the next row of {@code block}. */
  void begin(SampleBlock block) {
    DenseColumn column = block.dense(input);
    values = column.values();
    base = column.start(block.size());
    started = false;
    filled = 0;
    notFiniteAt = -1;
    strayBytes = 0;
  }

  /** Begins the vector; whatever was written of it is forgotten. */
  void start() {
    started = true;
    filled = 0;
    notFiniteAt = -1;
    strayBytes = 0;
  }

  void add(float number) {
    float value = number / unit;
    if (filled < width) {
      Floats.write(values, base + filled, value);
      if (notFiniteAt < 0 && !Float.isFinite(value)) {
        notFiniteAt = filled;
      }
    }
    filled++;
  }

  /** Adds bytes as the input takes them: pixels, or little-endian 32-bit floats. */
  void addBytes(byte[] bytes, int offset, int length) {
    if (unit == 1) {
      addFloats(bytes, offset, length);
    } else {
      addPixels(bytes, offset, length);
    }
  }

  /** Adds little-endian 32-bit floats. */
  void addFloats(byte[] bytes, int offset, int lengthBytes) {
    if (unit != 1) {
      for (int i = 0; i + Float.BYTES <= lengthBytes; i += Float.BYTES) {
        add(Float.intBitsToFloat((int) INT.get(bytes, offset + i)));
      }
      return;
    }
    int count = lengthBytes >> 2;
    strayBytes += lengthBytes & 3;
    int taken = (int) Math.max(0, Math.min(count, width - filled));
    if (taken > 0) {
      copy(bytes, offset, taken);
    }
    filled += count;
  }

  private void copy(byte[] bytes, int offset, int taken) {
    MemorySegment.copy(
        bytes,
        offset,
        values,
        ValueLayout.JAVA_BYTE,
        (base + filled) * Float.BYTES,
        taken * Float.BYTES);
    int end = offset + taken * Float.BYTES;
    boolean finite = true;
    for (int i = offset; i < end; i += Float.BYTES) {
      finite &= ((int) INT.get(bytes, i) & EXPONENT) != EXPONENT;
    }
    if (!finite && notFiniteAt < 0) {
      notFiniteAt = firstNotFinite(taken);
    }
  }

  /** Adds bytes 0 to 255 as floats 0 to 1. */
  void addPixels(byte[] bytes, int offset, int length) {
    addPlanes(bytes, offset, length, 1);
  }

  /**
   * Adds bytes 0 to 255 as floats 0 to 1, from {@code planes} times {@code pixels} of them, one
   * plane after the other, to each pixel's together.
   */
  void addPlanes(byte[] bytes, int offset, int pixels, int planes) {
    int count = Math.multiplyExact(pixels, planes);
    if (filled + count <= width) {
      for (int plane = 0; plane < planes; plane++) {
        int from = offset + plane * pixels;
        long to = base + filled + plane;
        for (int i = 0; i < pixels; i++) {
          Floats.write(values, to + (long) i * planes, PIXEL_VALUES[bytes[from + i] & 0xff]);
        }
      }
    }
    filled += count;
  }

  private long firstNotFinite(int taken) {
    long i = filled;
    while (i < filled + taken && Float.isFinite(Floats.read(values, base + i))) {
      i++;
    }
    return i;
  }

  /** Whether the record had the vector. */
  boolean started() {
    return started;
  }

  /** What is wrong with the vector, or null. */
  @Nullable Fault fault() {
    if (!started) {
      return new Fault(
          RejectionReason.MISSING_FIELD,
          "input " + name + " is missing; it takes " + width + " floats");
    }
    if (filled != width || strayBytes != 0) {
      String stray = strayBytes == 0 ? "" : " and " + strayBytes + " bytes that are no whole float";
      return new Fault(
          RejectionReason.WRONG_LENGTH,
          "input " + name + " has " + filled + " floats" + stray + ", not " + width);
    }
    if (notFiniteAt >= 0) {
      return new Fault(
          RejectionReason.NOT_A_NUMBER,
          name + "[" + notFiniteAt + "] is " + Floats.read(values, base + notFiniteAt));
    }
    return null;
  }
}
