package io.headrace.app.letters;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.seal.BlockSeal;
import io.headrace.schemas.RejectedSample;
import io.headrace.sink.file.LetterReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.file.DataFileStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The letters of a file, which a job may be appending to; what was put back is remembered in the
 * file {@code NAME.replayed} beside it.
 *
 * @param seal opens the file
 */
public record FileLetters(Path file, BlockSeal seal) implements Letters {
  private static final Logger LOG = LoggerFactory.getLogger(FileLetters.class);

  @Override
  public void forEach(Consumer<RejectedSample> taker) {
    try (var reader = LetterReader.open(file, seal)) {
      while (hasNext(reader)) {
        taker.accept(reader.next());
      }
    } catch (IOException | AvroRuntimeException e) {
      throw new HeadraceException(
          "%s holds no dead letters that can be read (%s). Name the dead-letters.file of a job."
              .formatted(file, e.getMessage()),
          e);
    }
  }

  /** A block that is not whole is the last one: being written, or torn by a crash. */
  private boolean hasNext(DataFileStream<RejectedSample> reader) {
    try {
      return reader.hasNext();
    } catch (AvroRuntimeException e) {
      LOG.warn("{}: what follows its last whole block is left out ({}).", file, e.getMessage());
      return false;
    }
  }

  @Override
  public ReplayLog log() {
    return ReplayLog.of(FileMemory.read(beside()));
  }

  @Override
  public ReplayMemory memory() {
    return new FileMemory(beside());
  }

  private Path beside() {
    return file.resolveSibling(file.getFileName() + ".replayed");
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
