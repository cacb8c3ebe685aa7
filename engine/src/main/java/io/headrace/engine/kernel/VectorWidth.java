package io.headrace.engine.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector width of this JVM and how vectors are read and written. The width is that of the
 * hardware, or the system property {@code headrace.vectorBits} (128, 256 or 512). It is a constant
 * of the class, not of an object, because the compiler turns vector operations into instructions
 * only where the width is a constant.
 */
final class VectorWidth {
  static final VectorSpecies<Float> SPECIES = species();
  static final int LANES = SPECIES.length();

  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ORDER);

  private VectorWidth() {}

  static FloatVector load(MemorySegment segment, long index) {
    return FloatVector.fromMemorySegment(SPECIES, segment, index << 2, ORDER);
  }

  static void store(FloatVector vector, MemorySegment segment, long index) {
    vector.intoMemorySegment(segment, index << 2, ORDER);
  }

  static FloatVector all(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }

  /** All lanes the float at {@code index}. */
  static FloatVector repeat(MemorySegment segment, long index) {
    return FloatVector.broadcast(SPECIES, segment.get(FLOAT, index << 2));
  }

  private static VectorSpecies<Float> species() {
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
