package io.headrace.engine.sample;

import java.util.List;

/** The kind and size of one named input of a model. */
public sealed interface InputSpec {

  /**
   * A fixed number of floats a sample.
   *
   * @param shape lengths of each dimension, outermost first; an image is height, width, channels
   */
  record Dense(List<Integer> shape) implements InputSpec {
    public Dense {
      shape = List.copyOf(shape);
    }

    /** Floats in one sample. */
    public int elements() {
      return shape.stream().reduce(1, Math::multiplyExact);
    }
  }

  /**
   * Any number of (id, value) pairs a sample, ids hashed to 0 up to 2^bits, excluded.
   *
   * @param bits 10 to 31
   * @param fields how many fields the pairs are told apart by; 0 where no layer asks for that
   */
  record Sparse(int bits, int fields) implements InputSpec {
    /** Without the fields of pairs. */
    public Sparse(int bits) {
      this(bits, 0);
    }

    public long size() {
      return 1L << bits;
    }

    /** As checkpoints know it: those from before there were fields say nothing of them. */
    @Override
    public String toString() {
      return fields == 0
          ? "Sparse[bits=" + bits + "]"
          : "Sparse[bits=" + bits + ", fields=" + fields + "]";
    }
  }

  /**
   * A sequence of token ids, at most {@code maxLength} of them, ids from 0 up to {@code
   * vocabularySize}, excluded.
   */
  record Tokens(int maxLength, int vocabularySize) implements InputSpec {}
}
