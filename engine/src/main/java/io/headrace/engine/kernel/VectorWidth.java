package io.headrace.engine.kernel;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector width of this JVM and the layout of floats in memory. The width is that of the
 * hardware, or the system property {@code headrace.vectorBits} (128, 256 or 512). It is a constant
 * of the class, not of an object, because the compiler turns vector operations into instructions
 * only where the width is a constant.
 *
 * <p>Kernels call the Vector API directly, never through a method of ours that takes or returns
 * vectors: the compiler always inlines the former, the latter only while the code is small, and
 * where it does not, every vector becomes an object.
 */
final class VectorWidth {
  /**
   * The JDK's check of each vector access by its bounds, read when its first vector class is, which
   * is here. All of ours go to memory without bounds, by places that {@link VectorMemory} checked.
   */
  static final String ACCESS_CHECKS = "jdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK";

  static final VectorSpecies<Float> SPECIES = species();
  static final int LANES = SPECIES.length();

  static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ORDER);
  static final VectorSpecies<Integer> INTS = SPECIES.withLanes(int.class);
  static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ORDER);

  private VectorWidth() {}

  private static VectorSpecies<Float> species() {
    if (System.getProperty(ACCESS_CHECKS) == null) {
      System.setProperty(ACCESS_CHECKS, "0");
    }
    int bits =
        Integer.getInteger("headrace.vectorBits", FloatVector.SPECIES_PREFERRED.vectorBitSize());
    return switch (bits) {
      case 128 -> FloatVector.SPECIES_128;
      case 256 -> FloatVector.SPECIES_256;
      case 512 -> FloatVector.SPECIES_512;
      default -> FloatVector.SPECIES_PREFERRED;
    };
  }
}
