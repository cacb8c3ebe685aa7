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
  }

  /** The header is complete before the file has its name. */
  private static void create(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Path unfinished = file.resolveSibling(file.getFileName() + ".tmp");
    try (var writer = new DataFileWriter<GenericRecord>(new GenericDatumWriter<>(SCHEMA))) {
      writer.setCodec(CodecFactory.deflateCodec(CodecFactory.DEFAULT_DEFLATE_LEVEL));
      writer.create(SCHEMA, unfinished.toFile());
      writer.fSync();
    }
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static long bytesOfWholeBlocks(Path file) throws IOException {
    long headerBytes;
    try (var blocks =
        new DataFileReader<GenericRecord>(file.toFile(), new GenericDatumReader<>())) {
      if (!blocks.getSchema().equals(SCHEMA)) {
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
