package io.headrace.sink.file;

import io.headrace.engine.seal.BlockCipher;
import io.headrace.engine.seal.BlockSeal;
import io.headrace.schemas.RejectedSample;
import io.headrace.sink.seal.BlockInput;
import io.headrace.sink.seal.BlockOutput;
import io.headrace.sink.seal.Rewriting;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.apache.avro.Schema;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.file.SeekableByteArrayInput;
import org.apache.avro.file.Syncable;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.specific.SpecificDatumWriter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of dead letters that is encrypted: the bytes of an Avro container in encrypted blocks, its
 * header in the first one, and one or more for each flush.
 */
final class SealedLetters {
  static final String KIND = "dead-letters";

  private static final Logger LOG = LoggerFactory.getLogger(SealedLetters.class);
  private static final Schema SCHEMA = RejectedSample.getClassSchema();

  private SealedLetters() {}

  /** Opens the file to add letters; what a crash has torn off behind the last whole block goes. */
  static DataFileWriter<RejectedSample> append(Path file, BlockSeal seal) throws IOException {
    BlockCipher cipher = cipher(file, seal);
    long end = BlockInput.endOfLast(file, cipher);
    FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
    if (channel.size() > end) {
      LOG.warn("{}: {} bytes behind the last whole block are cut off.", file, channel.size() - end);
      channel.truncate(end);
      channel.force(true);
    }
    channel.position(end);
    try (var in = new BlockInput(file, cipher)) {
      return new DataFileWriter<RejectedSample>(new SpecificDatumWriter<>(RejectedSample.class))
          .appendTo(
              new SeekableByteArrayInput(in.nextBlock()),
              new Synced(new BlockOutput(channel, cipher)));
    }
  }

  /** Writes the letters of a file, encrypted or not, into one that takes its place. */
  static void rewrite(Path file, BlockSeal from, BlockSeal to) throws IOException {
    if (from.of(file, KIND, "").map(BlockCipher::encrypts).orElse(true)) {
      Rewriting.blocks(file, from, to, KIND, "");
      return;
    }
    BlockCipher after = to.begin(KIND, "");
    Rewriting.replace(
        file,
        channel -> {
          channel.write(ByteBuffer.wrap(after.head()));
          try (var letters = LetterReader.open(file, from);
              var writer = new DataFileWriter<>(new SpecificDatumWriter<>(RejectedSample.class))) {
            writer.setCodec(CodecFactory.deflateCodec(CodecFactory.DEFAULT_DEFLATE_LEVEL));
            writer.create(SCHEMA, new Synced(new BlockOutput(channel, after)));
            for (RejectedSample letter : letters) {
              writer.append(letter);
            }
            writer.flush();
            channel.force(true);
          }
        });
  }

  /** The file's cipher; makes the file where there is none, and brings an older one up to date. */
  private static BlockCipher cipher(Path file, BlockSeal seal) throws IOException {
    if (!Files.exists(file) || Files.size(file) == 0) {
      Files.createDirectories(file.toAbsolutePath().getParent());
      return write(file, seal, null);
    }
    BlockCipher cipher = seal.of(file, KIND, "").orElse(null);
    if (cipher == null) { // nothing was in it yet
      return write(file, seal, null);
    }
    Schema written;
    try (var in = new BlockInput(file, cipher);
        var header =
            new DataFileReader<GenericRecord>(
                new SeekableByteArrayInput(in.nextBlock()), new GenericDatumReader<>())) {
      written = header.getSchema();
    }
    return written.equals(SCHEMA) ? cipher : write(file, seal, cipher);
  }

  /** Writes a file with what another one has that is in its place; it changes in one rename. */
  private static BlockCipher write(Path file, BlockSeal seal, @Nullable BlockCipher before)
      throws IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + ".tmp");
    BlockCipher cipher = seal.begin(KIND, "");
    FileChannel channel =
        FileChannel.open(
            unfinished,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    for (ByteBuffer head = ByteBuffer.wrap(cipher.head()); head.hasRemaining(); ) {
      channel.write(head);
    }
    try (var writer = new DataFileWriter<GenericRecord>(new GenericDatumWriter<>(SCHEMA))) {
      writer.setCodec(CodecFactory.deflateCodec(CodecFactory.DEFAULT_DEFLATE_LEVEL));
      writer.create(SCHEMA, new Synced(new BlockOutput(channel, cipher)));
      if (before != null) {
        try (var older =
            new DataFileStream<GenericRecord>(
                new BlockInput(file, before), new GenericDatumReader<>(null, SCHEMA))) {
          for (GenericRecord letter : older) {
            writer.append(letter);
          }
        }
      }
      writer.fSync();
    }
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    return cipher;
  }

  /** Lets Avro force what it has flushed. */
  private static final class Synced extends FilterOutputStream implements Syncable {
    private final BlockOutput blocks;

    Synced(BlockOutput blocks) {
      super(blocks);
      this.blocks = blocks;
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
      blocks.write(bytes, from, length);
    }

    @Override
    public void sync() throws IOException {
      blocks.force();
    }
  }
}
