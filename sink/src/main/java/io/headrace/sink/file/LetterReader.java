package io.headrace.sink.file;

import io.headrace.engine.seal.BlockCipher;
import io.headrace.engine.seal.BlockSeal;
import io.headrace.schemas.RejectedSample;
import io.headrace.schemas.Schemas;
import io.headrace.sink.seal.BlockInput;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.specific.SpecificDatumReader;

/** Opens files of dead letters to read, also while a job adds to them. */
public final class LetterReader {
  private LetterReader() {}

  /**
   * The letters of a file, oldest first. Whoever asks closes it.
   *
   * @param seal opens the file's blocks
   * @throws IOException if the file holds no letters
   * @throws io.headrace.engine.error.HeadraceException if the file is encrypted and its key is not
   *     at hand, or it was changed
   */
  public static DataFileStream<RejectedSample> open(Path file, BlockSeal seal) throws IOException {
    Schemas.trust();
    Optional<BlockCipher> cipher = seal.of(file, SealedLetters.KIND, "");
    boolean sealed = cipher.isPresent() && cipher.get().encrypts();
    return new DataFileStream<>(
        sealed
            ? new BlockInput(file, cipher.get())
            : new BufferedInputStream(Files.newInputStream(file)),
        new SpecificDatumReader<>(RejectedSample.class));
  }
}
