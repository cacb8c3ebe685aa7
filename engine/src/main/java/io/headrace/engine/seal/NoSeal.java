package io.headrace.engine.seal;

import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Knows encrypted files by how they begin. */
final class NoSeal implements BlockSeal {
  private static final byte[] SEALED = "HRSEALED".getBytes(StandardCharsets.US_ASCII);

  @Override
  public boolean encrypts() {
    return false;
  }

  @Override
  public BlockCipher begin(String kind, String name) {
    return BlockCipher.NONE;
  }

  @Override
  public Optional<BlockCipher> of(Path file, String kind, String name) {
    try (InputStream in = Files.newInputStream(file)) {
      if (Arrays.equals(in.readNBytes(SEALED.length), SEALED)) {
        throw new HeadraceException(
            "%s is encrypted. Give its key set: --keys FILE with a command, encryption.keys in a job."
                .formatted(file));
      }
      return Optional.of(BlockCipher.NONE);
    } catch (IOException e) {
      throw new HeadraceException(
          "%s could not be read: %s. Check the disk and the file's rights.".formatted(file, e), e);
    }
  }
}
