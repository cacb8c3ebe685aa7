package io.headrace.engine.seal;

import org.jspecify.annotations.Nullable;

/** Encrypts and decrypts the blocks of one file. Thread-safe. */
public interface BlockCipher {
  /** Leaves blocks as they are. */
  BlockCipher NONE =
      new BlockCipher() {
        @Override
        public byte[] head() {
          return new byte[0];
        }

        @Override
        public byte[] sealed(byte[] block, long at) {
          return block;
        }

        @Override
        public byte[] opened(byte[] sealed, long at) {
          return sealed;
        }
      };

  /** What the file begins with, before its first block. */
  byte[] head();

  /** Whether it does anything at all. */
  default boolean encrypts() {
    return head().length > 0;
  }

  /**
   * A block as it is to be written, some bytes longer.
   *
   * @param at where it will lie in the file
   */
  byte[] sealed(byte[] block, long at);

  /**
   * A block as it was before; null if these bytes were not written at this place of this file.
   *
   * @param at where it lies in the file
   */
  byte @Nullable [] opened(byte[] sealed, long at);
}
