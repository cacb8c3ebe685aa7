package io.headrace.engine.seal;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How files that blocks are added to, one after the other, come to the disk and back: as they are,
 * or with each block encrypted and bound to its file and its place in it. Thread-safe.
 */
public interface BlockSeal {
  /** Leaves blocks as they are, and opens no file that is encrypted. */
  BlockSeal NONE = new NoSeal();

  /** Whether files that it begins are encrypted. */
  boolean encrypts();

  /**
   * Begins a file, whose first bytes are to be {@link BlockCipher#head}.
   *
   * @param kind what it holds
   * @param name what it has to be called, where others of its kind lie beside it; empty if its name
   *     does not matter
   */
  BlockCipher begin(String kind, String name);

  /**
   * Goes on with a file, or reads it.
   *
   * @param kind what it should hold
   * @param name what it should be called, as {@link #begin} was told
   * @return empty if the file ends before its first block
   * @throws io.headrace.engine.error.HeadraceException if it is encrypted with a key that is not at
   *     hand, was changed, lies in the place of another or cannot be read; or if it is not
   *     encrypted but should be
   */
  Optional<BlockCipher> of(Path file, String kind, String name);
}
