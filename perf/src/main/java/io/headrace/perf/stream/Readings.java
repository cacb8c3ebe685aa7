package io.headrace.perf.stream;

import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.SampleDecoder;
import io.headrace.ingest.decode.DecoderSpec;
import io.headrace.ingest.decode.Decoders;
import io.headrace.ingest.decode.InputMapping;
import io.headrace.ingest.decode.LabelMapping;
import io.headrace.ingest.decode.SampleMapping;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.avro.Schema;

/**
 * An endless stream of dense samples of two classes, 124 bytes each in Confluent's framing: 29
 * features within -1 and 1, and a label that follows from them but for some noise. Sample i is a
 * function of i alone. Stateless.
 */
public final class Readings {
  /** Features of a sample. */
  public static final int WIDTH = 29;

  /** Where the features begin in a message. */
  public static final int FEATURES_AT = 8;

  /** Bytes of a message: head 5, label 1, length 2, features 116. */
  public static final int MESSAGE_BYTES = FEATURES_AT + WIDTH * Float.BYTES;

  private static final byte[] HEAD = {0, 0, 0, 0, 1};
  private static final int LABEL_AT = 5;
  private static final int LENGTH_AT = 6;
  private static final int LENGTH_AS_ZIGZAG = 2 * WIDTH * Float.BYTES;
  private static final VarHandle FLOAT =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);
  private static final float NOISE = 1.5f;

  private Readings() {}

  /** Writes message {@code index} to {@code bytes} from {@code offset} on. */
  public static void write(long index, byte[] bytes, int offset) {
    System.arraycopy(HEAD, 0, bytes, offset, HEAD.length);
    bytes[offset + LENGTH_AT] = (byte) ((LENGTH_AS_ZIGZAG & 0x7f) | 0x80);
    bytes[offset + LENGTH_AT + 1] = (byte) (LENGTH_AS_ZIGZAG >>> 7);
    long state = mixed(index);
    float signal = 0;
    for (int i = 0; i < WIDTH; i++) {
      state += 0x9e3779b97f4a7c15L;
      float feature = unit(state);
      signal += i % 3 == 0 ? feature : -0.5f * feature;
      FLOAT.set(bytes, offset + FEATURES_AT + i * Float.BYTES, feature);
    }
    boolean yes = signal + NOISE * unit(state + 1) > 0;
    bytes[offset + LABEL_AT] = (byte) (yes ? 2 : 0); // zigzag of 1 and 0
  }

  /** Message {@code index}. */
  public static byte[] message(long index) {
    byte[] message = new byte[MESSAGE_BYTES];
    write(index, message, 0);
    return message;
  }

  /** Feature {@code i} of the message that begins at {@code offset}. */
  public static float feature(byte[] bytes, int offset, int i) {
    return (float) FLOAT.get(bytes, offset + FEATURES_AT + i * Float.BYTES);
  }

  /** Label of the message that begins at {@code offset}: 0 or 1. */
  public static int label(byte[] bytes, int offset) {
    return bytes[offset + LABEL_AT] >> 1;
  }

  /** Fills {@code chunk} with messages {@code from} up to {@code to}, excluded. */
  public static void fill(RecordChunk chunk, SourcePartition partition, long from, long to) {
    chunk.start(partition, from);
    for (long index = from; index < to; index++) {
      byte[] bytes = chunk.reserve(MESSAGE_BYTES);
      write(index, bytes, chunk.filled());
      chunk.addReserved(MESSAGE_BYTES, index, 0);
    }
  }

  /** The schema of a message behind its head. */
  public static Schema schema() {
    try (InputStream in = Readings.class.getResourceAsStream("reading.avsc")) {
      return new Schema.Parser().parse(Objects.requireNonNull(in, "reading.avsc"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How messages become samples. */
  public static SampleMapping mapping() {
    return new SampleMapping(
        new LabelMapping("label", new LabelSpec.Classes(List.of("no", "yes"))),
        Optional.empty(),
        Optional.empty(),
        List.of(new InputMapping.DenseVector("x", "features", WIDTH)));
  }

  /** A decoder of messages. */
  public static SampleDecoder decoder() {
    return Decoders.create(DecoderSpec.avro("confluent", Optional.of(schema())), mapping());
  }

  private static float unit(long state) {
    return (mixed(state) >> 40) * 0x1p-23f;
  }

  /** The output function of SplitMix64 (Steele, Lea and Flood, 2014). */
  private static long mixed(long state) {
    long z = (state ^ state >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}
