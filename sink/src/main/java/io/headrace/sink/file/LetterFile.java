package io.headrace.sink.file;

import io.headrace.engine.error.HeadraceException;
import io.headrace.schemas.RejectedSample;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file of dead letters before it is appended to. */
final class LetterFile {
  private static final Logger LOG = LoggerFactory.getLogger(LetterFile.class);
  private static final Schema SCHEMA = RejectedSample.getClassSchema();

  private LetterFile() {}

  /** Creates the file where there is none, and cuts off what follows its last whole block. */
  static void makeAppendable(Path file) throws IOException {
    if (!Files.exists(file) || Files.size(file) == 0) {
      create(file);
      return;
    }
    long whole = bytesOfWholeBlocks(file);
    long torn = Files.size(file) - whole;
    if (torn > 0) {
      LOG.warn("{}: {} bytes behind the last whole block are cut off.", file, torn);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(whole);
        channel.force(true);
      }
    }
    if (!schema(file).equals(SCHEMA)) {
      bringUpToDate(file);
    }
  }

  /** Writes letters of an older version again in today's; the file changes in one rename. */
  private static void bringUpToDate(Path file) throws IOException {
    Path unfinished = unfinished(file);
    long letters = 0;
    try (var older =
            new DataFileReader<GenericRecord>(
                file.toFile(), new GenericDatumReader<>(null, SCHEMA));
        var writer = writer(unfinished)) {
      for (GenericRecord letter : older) {
        writer.append(letter);
        letters++;
      }
      writer.fSync();
    }
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    LOG.info("{}: {} letters of an older version were written anew.", file, letters);
  }

  private static Schema schema(Path file) throws IOException {
    try (var blocks =
        new DataFileReader<GenericRecord>(file.toFile(), new GenericDatumReader<>())) {
      return blocks.getSchema();
    }
  }

  private static Path unfinished(Path file) {
    return file.resolveSibling(file.getFileName() + ".tmp");
  }

  private static DataFileWriter<GenericRecord> writer(Path file) throws IOException {
    var writer = new DataFileWriter<GenericRecord>(new GenericDatumWriter<>(SCHEMA));
    writer.setCodec(CodecFactory.deflateCodec(CodecFactory.DEFAULT_DEFLATE_LEVEL));
    return writer.create(SCHEMA, file.toFile());
  }

  /** The header is complete before the file has its name. */
  private static void create(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Path unfinished = unfinished(file);
    try (var writer = writer(unfinished)) {
      writer.fSync();
    }
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static boolean resolves(Schema written) {
    return written.getFullName().equals(SCHEMA.getFullName())
        && SchemaCompatibility.checkReaderWriterCompatibility(SCHEMA, written).getType()
            == SchemaCompatibilityType.COMPATIBLE;
  }

  private static long bytesOfWholeBlocks(Path file) throws IOException {
    long headerBytes;
    try (var blocks =
        new DataFileReader<GenericRecord>(file.toFile(), new GenericDatumReader<>())) {
      if (!resolves(blocks.getSchema())) {
        throw new HeadraceException(
            "dead-letters.file: "
                + file
                + " holds records of another schema, "
                + blocks.getSchema().getFullName()
                + ". Move it away or name another file.");
      }
      headerBytes = blocks.previousSync();
    } catch (IOException e) {
      throw new HeadraceException(
          "dead-letters.file: "
              + file
              + " is not an Avro file that can be appended to ("
              + e.getMessage()
              + "). Move it away or name another file.",
          e);
    }
    try (var bytes = new RandomAccessFile(file.toFile(), "r")) {
      return ContainerBlocks.endOfLast(bytes, headerBytes);
    }
  }
}
