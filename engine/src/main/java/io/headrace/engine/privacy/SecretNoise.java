package io.headrace.engine.privacy;

import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.OptionalLong;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Random numbers that nobody can tell without the key: AES-128 in counter mode, whose counter says
 * which release and which part of it they are for. So any thread may draw any part, and nothing has
 * to be kept but the key. Thread-safe.
 */
public final class SecretNoise {
  private static final int KEY_BYTES = 16;
  private static final int IV_BYTES = 16;
  private static final int COINS = -1;
  private static final double UNIT = 0x1p-53;

  private final SecretKeySpec key;

  /**
   * @param seed of a key that can be made again; empty for one that the operating system draws
   */
  public SecretNoise(OptionalLong seed) {
    this.key = new SecretKeySpec(seed.isPresent() ? derived(seed.getAsLong()) : drawn(), "AES");
  }

  private static byte[] derived(long seed) {
    try {
      byte[] text = ("headrace privacy seed " + seed).getBytes(StandardCharsets.UTF_8);
      return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(text), KEY_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static byte[] drawn() {
    byte[] bytes = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(bytes);
    return bytes;
  }

  /**
   * Adds independent normal numbers of mean 0 to {@code rows} runs of floats.
   *
   * @param part of the release, at least 0; one part is always of the same size
   * @param from first float of the first run
   * @param columns floats of a run
   * @param stride floats from one run to the next
   */
  public void add(
      long release,
      int part,
      double deviation,
      MemorySegment to,
      long from,
      long rows,
      int columns,
      long stride) {
    var normals = new Normals(bits(release, part, Math.toIntExact(rows * columns + 1)));
    for (long row = 0; row < rows; row++) {
      long at = from + row * stride;
      for (long i = at; i < at + columns; i++) {
        Floats.write(to, i, (float) (Floats.read(to, i) + deviation * normals.next()));
      }
    }
  }

  /** Says for each of {@code count} rows whether it takes part in the release. */
  public boolean[] coins(long release, int count, double probability) {
    ByteBuffer bits = bits(release, COINS, count);
    boolean[] heads = new boolean[count];
    for (int i = 0; i < count; i++) {
      heads[i] = unit(bits) < probability;
    }
    return heads;
  }

  private ByteBuffer bits(long release, int part, int longs) {
    try {
      byte[] counter = ByteBuffer.allocate(IV_BYTES).putLong(release).putInt(part).array();
      Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
      cipher.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(counter));
      return ByteBuffer.wrap(cipher.doFinal(new byte[longs * Long.BYTES]));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has AES in counter mode", e);
    }
  }

  /** Uniform within 0 and 1, 1 excluded. */
  private static double unit(ByteBuffer bits) {
    return (bits.getLong() >>> 11) * UNIT;
  }

  /** Box and Muller, "A Note on the Generation of Random Normal Deviates", 1958: two at a time. */
  private static final class Normals {
    private final ByteBuffer bits;
    private double other;
    private boolean hasOther;

    Normals(ByteBuffer bits) {
      this.bits = bits;
    }

    double next() {
      if (hasOther) {
        hasOther = false;
        return other;
      }
      double radius = Math.sqrt(-2 * StrictMath.log(1 - unit(bits)));
      double angle = 2 * Math.PI * unit(bits);
      other = radius * StrictMath.sin(angle);
      hasOther = true;
      return radius * StrictMath.cos(angle);
    }
  }
}
