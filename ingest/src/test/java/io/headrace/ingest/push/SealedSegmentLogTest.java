package io.headrace.ingest.push;

import io.headrace.engine.seal.BlockCipher;
import io.headrace.engine.seal.BlockSeal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** The same of a log whose frames pass through a seal: here one that turns bits around. */
class SealedSegmentLogTest extends SegmentLogTest {
  @Override
  BlockSeal seal() {
    return new TurnedBits();
  }

  private static final class TurnedBits implements BlockSeal {
    @Override
    public boolean encrypts() {
      return true;
    }

    @Override
    public BlockCipher begin(String kind, String name) {
      return new Cipher((kind + " " + name + "\n").getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Optional<BlockCipher> of(Path file, String kind, String name) {
      BlockCipher cipher = begin(kind, name);
      try {
        byte[] bytes = Files.readAllBytes(file);
        return bytes.length < cipher.head().length ? Optional.empty() : Optional.of(cipher);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static final class Cipher implements BlockCipher {
    private final byte[] head;

    Cipher(byte[] head) {
      this.head = head;
    }

    @Override
    public byte[] head() {
      return head;
    }

    @Override
    public byte[] sealed(byte[] block, long at) {
      byte[] turned = Arrays.copyOf(turned(block), block.length + Integer.BYTES);
      ByteBuffer.wrap(turned).putInt(block.length, place(block, at));
      return turned;
    }

    @Override
    public byte @Nullable [] opened(byte[] sealed, long at) {
      int length = sealed.length - Integer.BYTES;
      byte[] block = turned(Arrays.copyOf(sealed, length));
      return place(block, at) == ByteBuffer.wrap(sealed).getInt(length) ? block : null;
    }

    private static byte[] turned(byte[] block) {
      byte[] turned = block.clone();
      for (int i = 0; i < turned.length; i++) {
        turned[i] = (byte) ~turned[i];
      }
      return turned;
    }

    private static int place(byte[] block, long at) {
      var crc = new CRC32();
      crc.update(block);
      return (int) (crc.getValue() + at);
    }
  }
}
