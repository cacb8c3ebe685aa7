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
   * @param minCount how often an id has to have been seen until its pairs take part, 1 to {@link
   *     #MOST_COUNTED}
   */
  record Sparse(int bits, int fields, int minCount) implements InputSpec {
    /** As far as ids are counted, in a byte each. */
    public static final int MOST_COUNTED = 255;

    /** Without the fields of pairs. */
    public Sparse(int bits) {
      this(bits, 0, 1);
    }

    public long size() {
      return 1L << bits;
    }

    /** As checkpoints know it: those from before there was a choice say nothing of it. */
    @Override
    public String toString() {
      return "Sparse[bits="
          + bits
          + (fields == 0 ? "" : ", fields=" + fields)
          + (minCount == 1 ? "" : ", minCount=" + minCount)
          + "]";
    }
  }

  /**
   * A sequence of token ids, at most {@code maxLength} of them, ids from 0 up to {@code
   * vocabularySize}, excluded.
   */
  record Tokens(int maxLength, int vocabularySize) implements InputSpec {}
}
