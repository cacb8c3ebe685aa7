package io.headrace.ingest.push;

import io.headrace.ingest.UnpackLimit;
import io.headrace.ingest.push.PushOutcome.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileConstants;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/**
 * Bodies that are Avro container files, plain or deflated. All of a container is looked through
 * before any of it is taken: a damaged one is refused as a whole.
 */
record ContainerBody(int maxBytes) implements PushBody {
  private static final int SYNC_BYTES = 16;

  @Override
  public List<String> mediaTypes() {
    return List.of("application/avro", "avro/binary", "application/octet-stream");
  }

  @Override
  public Cut cut(byte[] body) throws UnreadableBodyException {
    try {
      return new Reading(body).all();
    } catch (IOException | DataFormatException | RuntimeException e) { // Avro refuses in many ways
      throw new UnreadableBodyException(
          Reason.UNREADABLE,
          "The body is no whole Avro container file: %s. Send one as a DataFileWriter makes it."
              .formatted(e.getMessage()));
    }
  }

  /** One body, read from its beginning to its end. */
  private final class Reading {
    private final BinaryDecoder in;
    private final byte[] sync = new byte[SYNC_BYTES];
    private final byte[] found = new byte[SYNC_BYTES];
    private String schema = "";
    private String codec = DataFileConstants.NULL_CODEC;
    private int left = maxBytes;

    Reading(byte[] body) {
      in = DecoderFactory.get().binaryDecoder(body, null);
    }

    Cut all() throws IOException, DataFormatException, UnreadableBodyException {
      header();
      List<PushedBlock> blocks = new ArrayList<>();
      while (!in.isEnd()) {
        long records = in.readLong();
        byte[] bytes = unpacked(bytes());
        in.readFixed(found);
        if (!Arrays.equals(sync, found) || records < 0 || records > bytes.length) {
          throw new IOException("block " + blocks.size() + " is damaged");
        }
        if (records > UnpackLimit.RECORDS) {
          throw new UnreadableBodyException(
              Reason.TOO_LARGE,
              "Block %d has %d records, more than %d. Write smaller blocks."
                  .formatted(blocks.size(), records, UnpackLimit.RECORDS));
        }
        if (records > 0) {
          blocks.add(PushedBlock.run(bytes, bytes.length, (int) records));
        }
      }
      if (blocks.isEmpty()) {
        throw new UnreadableBodyException(Reason.UNREADABLE, "The container has no records.");
      }
      return new Cut(schema, blocks);
    }

    private void header() throws IOException, UnreadableBodyException {
      byte[] magic = new byte[DataFileConstants.MAGIC.length];
      in.readFixed(magic);
      if (!Arrays.equals(magic, DataFileConstants.MAGIC)) {
        throw new IOException("it does not begin with Obj and 1");
      }
      for (long entries = in.readMapStart(); entries > 0; entries = in.mapNext()) {
        for (long i = 0; i < entries; i++) {
          String key = text();
          String value = text();
          switch (key) {
            case DataFileConstants.SCHEMA -> schema = schema(value);
            case DataFileConstants.CODEC -> codec = value;
            default -> {
              // Others say nothing about the records.
            }
          }
        }
      }
      in.readFixed(sync);
      if (schema.isEmpty()) {
        throw new IOException("it has no schema");
      }
      if (!List.of(DataFileConstants.NULL_CODEC, DataFileConstants.DEFLATE_CODEC).contains(codec)) {
        throw new UnreadableBodyException(
            Reason.OTHER_FORMAT,
            "The container is packed with %s. Write it with the codec null or deflate."
                .formatted(codec));
      }
    }

    /** Avro's parser fails on damaged schemas with whatever it happens to meet. */
    private static String schema(String json) throws IOException {
      try {
        return new Schema.Parser().parse(json).toString();
      } catch (RuntimeException e) {
        throw new IOException("its schema cannot be read: " + e.getMessage(), e);
      }
    }

    private String text() throws IOException {
      return new String(bytes(), StandardCharsets.UTF_8);
    }

    /** Bytes behind their length, which is not believed before it is known to be possible. */
    private byte[] bytes() throws IOException {
      long length = in.readLong();
      if (length < 0 || length > maxBytes) {
        throw new IOException(length + " is no length of what follows");
      }
      byte[] bytes = new byte[(int) length];
      in.readFixed(bytes);
      return bytes;
    }

    private byte[] unpacked(byte[] packed)
        throws DataFormatException, IOException, UnreadableBodyException {
      byte[] plain = codec.equals(DataFileConstants.NULL_CODEC) ? packed : inflated(packed);
      left -= plain.length;
      if (left < 0) {
        throw tooLarge();
      }
      return plain;
    }

    private byte[] inflated(byte[] packed)
        throws DataFormatException, IOException, UnreadableBodyException {
      var plain = new ByteArrayOutputStream(packed.length * 3);
      byte[] piece = new byte[16 << 10];
      try (var inflater = new Inflater(true)) {
        inflater.setInput(ByteBuffer.wrap(packed));
        while (!inflater.finished()) {
          int count = inflater.inflate(piece);
          if (count == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
            throw new IOException("a deflated block is cut off");
          }
          plain.write(piece, 0, count);
          if (plain.size() > left) {
            throw tooLarge();
          }
        }
      }
      return plain.toByteArray();
    }

    private UnreadableBodyException tooLarge() {
      return new UnreadableBodyException(
          Reason.TOO_LARGE,
          "The body unpacks to more than max-request-bytes, %d. Send it in parts."
              .formatted(maxBytes));
    }
  }
}
