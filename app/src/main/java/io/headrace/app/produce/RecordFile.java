package io.headrace.app.produce;

import io.headrace.engine.error.HeadraceException;
import java.io.Closeable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.function.ToIntFunction;
import org.apache.avro.Schema;

/**
 * The records of a file as the bytes of Kafka values, in the file's order. Not thread-safe; the
 * caller closes it.
 */
public interface RecordFile extends Iterator<byte[]>, Closeable {

  /**
   * Opens {@code file} by the ending of its name: {@code .avro} (an Avro container), {@code .csv}
   * (lines behind a header line, which is left out), or any other text of one record a line.
   *
   * @throws HeadraceException if it cannot be read, or is no such file
   */
  static RecordFile open(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new HeadraceException(
          "%s is not a file that can be read. Name a file of labelled samples: .avro, .csv or .jsonl."
              .formatted(file));
    }
    String name = file.getFileName().toString();
    if (name.endsWith(".avro")) {
      return new AvroRecordFile(file, AvroRecordFile::singleObjectHead);
    }
    return new LineRecordFile(file, name.endsWith(".csv") ? 1 : 0);
  }

  /**
   * Opens an Avro container whose records are to be in Confluent framing.
   *
   * @param id gives the id of the container's schema
   * @throws HeadraceException if it cannot be read, or is no container
   */
  static RecordFile openConfluent(Path file, ToIntFunction<Schema> id) {
    if (!file.toString().endsWith(".avro")) {
      throw new HeadraceException(
          "%s is not an Avro container (.avro), and only its schema can be registered. Leave out --registry."
              .formatted(file));
    }
    return new AvroRecordFile(file, schema -> AvroRecordFile.confluentHead(id.applyAsInt(schema)));
  }
}
