package io.headrace.schemas;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.apache.avro.Schema;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.message.SchemaStore;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ClassSecurityValidator;

/**
 * Writes this package's records as messages of a topic in Avro's single-object encoding: the bytes
 * C3 01, the schema's 64-bit CRC fingerprint, little-endian, and the record in binary. Thread-safe.
 *
 * <p>Avro makes objects only of classes that it was told to trust. Loading this class adds those of
 * its package, so that records can be read back: call {@link #trust} first where nothing else of it
 * is used.
 */
public final class Schemas {
  static {
    ClassSecurityValidator.setGlobal(
        ClassSecurityValidator.composite(
            ClassSecurityValidator.getGlobal(),
            type -> type.getPackage() == Schemas.class.getPackage()));
  }

  private static final ClassValue<BinaryMessageEncoder<SpecificRecord>> ENCODERS =
      new ClassValue<>() {
        @Override
        protected BinaryMessageEncoder<SpecificRecord> computeValue(Class<?> type) {
          SpecificData model = SpecificData.getForClass(type);
          Schema schema = model.getSchema(type);
          return new BinaryMessageEncoder<>(model, schema);
        }
      };

  private Schemas() {}

  /** Makes sure that Avro may make objects of this package's classes. */
  public static void trust() {
    // the static initialiser has done it
  }

  /** Reads {@link RejectedSample} messages of this version and of older ones. */
  public static BinaryMessageDecoder<RejectedSample> letters() {
    var older = new SchemaStore.Cache();
    older.addSchema(older("rejected-sample-1.avsc"));
    older.addSchema(older("rejected-sample-2.avsc"));
    return RejectedSample.createDecoder(older);
  }

  private static Schema older(String resource) {
    try (InputStream text = Schemas.class.getResourceAsStream(resource)) {
      if (text == null) {
        throw new IllegalStateException(resource + " is missing");
      }
      return new Schema.Parser().parse(text);
    } catch (IOException e) {
      throw new UncheckedIOException(resource, e);
    }
  }

  /** The record in single-object encoding. */
  public static byte[] message(SpecificRecord record) {
    try {
      ByteBuffer encoded = ENCODERS.get(record.getClass()).encode(record);
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "a " + record.getSchema().getName() + " could not be encoded in memory", e);
    }
  }
}
