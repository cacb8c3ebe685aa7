package io.headrace.sink.file;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.seal.BlockSeal;
import io.headrace.schemas.RejectedSample;
import io.headrace.schemas.Schemas;
import io.headrace.sink.DeadLetterSink;
import io.headrace.sink.LetterSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.specific.SpecificDatumWriter;

/**
 * Appends rejected records to an Avro container file, a block per flush or more. Thread-safe. What
 * a crash has torn off behind the last whole block is cut away when the file is opened again.
 */
public final class FileDeadLetterSink implements DeadLetterSink {
  private final Path file;
  private final DataFileWriter<RejectedSample> writer;

  /** A file that is not encrypted; see {@link #FileDeadLetterSink(Path, BlockSeal)}. */
  public FileDeadLetterSink(Path file) {
    this(file, BlockSeal.NONE);
  }

  /**
   * Opens or creates the file, and its directories.
   *
   * @param seal how letters come to the disk
   * @throws HeadraceException if it cannot be written to or holds something else
   */
  public FileDeadLetterSink(Path file, BlockSeal seal) {
    this.file = file;
    Schemas.trust();
    try {
      this.writer = seal.encrypts() ? SealedLetters.append(file, seal) : plain(file);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private static DataFileWriter<RejectedSample> plain(Path file) throws IOException {
    if (Files.exists(file)) {
      BlockSeal.NONE.of(file, SealedLetters.KIND, "");
    }
    LetterFile.makeAppendable(file);
    return new DataFileWriter<RejectedSample>(new SpecificDatumWriter<>(RejectedSample.class))
        .appendTo(file.toFile());
  }

  /**
   * Encrypts a file of letters anew, with the key that new ones get; it changes in one rename.
   * Nobody may write to it meanwhile.
   *
   * @param from opens it as it is
   */
  public static void rewrite(Path file, BlockSeal from, BlockSeal to) throws IOException {
    SealedLetters.rewrite(file, from, to);
  }

  @Override
  public synchronized void write(RejectedSample letter) {
    try {
      writer.append(LetterSize.cut(letter, LetterSize.MAX_PAYLOAD_BYTES));
    } catch (IOException | AvroRuntimeException e) {
      throw failed(e);
    }
  }

  @Override
  public synchronized void flush() {
    try {
      writer.fSync();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  @Override
  public synchronized void close() {
    try {
      writer.fSync();
      writer.close();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private HeadraceException failed(Exception cause) {
    return new HeadraceException(
        "dead-letters.file: "
            + file
            + " could not be written ("
            + cause.getMessage()
            + "). Make room, or name a file that this user may write.",
        cause);
  }
}
