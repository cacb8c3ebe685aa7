package io.headrace.sink.archive;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.seal.BlockCipher;
import io.headrace.engine.seal.BlockSeal;
import io.headrace.sink.seal.BlockInput;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * The samples of one file, in the order in which they were learned from; at its end the file is
 * known to be whole. Not thread-safe; whoever opens it closes it.
 */
final class SegmentSamples implements Closeable {
  private final Path file;
  private final Segment segment;
  private final MessageDigest digest = SegmentOutput.sha256();
  private final InputStream bytes;
  private final DataFileStream<GenericRecord> samples;
  private long read;

  /**
   * @throws HeadraceException if the file is missing, damaged or changed, or its key is not at hand
   */
  SegmentSamples(Path file, Segment segment, BlockSeal seal) {
    this.file = file;
    this.segment = segment;
    try {
      bytes = new DigestInputStream(open(file, seal), digest);
      samples = new DataFileStream<>(bytes, new GenericDatumReader<>());
    } catch (IOException | RuntimeException e) {
      throw damaged(e);
    }
  }

  private static InputStream open(Path file, BlockSeal seal) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    Optional<BlockCipher> cipher = seal.of(file, SegmentWriter.KIND, "");
    if (cipher.isEmpty()) {
      throw new IOException("it ends before its first block");
    }
    return cipher.get().encrypts()
        ? new BlockInput(file, cipher.get())
        : new BufferedInputStream(Files.newInputStream(file));
  }

  /** The next one; null behind the last, where the file is as it was written. */
  @Nullable ArchivedSample next() {
    try {
      if (samples.hasNext()) {
        read++;
        return ArchivedSample.of(segment.partition(), samples.next());
      }
      bytes.transferTo(OutputStream.nullOutputStream()); // belongs to the hash, if there is any
    } catch (IOException | RuntimeException e) {
      throw damaged(e);
    }
    String hash = HexFormat.of().formatHex(digest.digest());
    if (!hash.equals(segment.sha256())) {
      throw new HeadraceException(
          "%s was changed after it was written, or is cut off: its SHA-256 is %s, not %s."
              .formatted(file, hash, segment.sha256()));
    }
    if (read != segment.rows()) {
      throw new HeadraceException(
          "%s has %,d samples, where %,d were written.".formatted(file, read, segment.rows()));
    }
    return null;
  }

  private HeadraceException damaged(Exception e) {
    if (e instanceof HeadraceException told) {
      return told;
    }
    return new HeadraceException(
        e instanceof NoSuchFileException
            ? "%s is missing, with positions %,d to %,d of %s."
                .formatted(
                    file, segment.firstPosition(), segment.lastPosition(), segment.partition())
            : "%s is damaged behind its first %,d samples: %s."
                .formatted(file, read, e.getMessage()),
        e);
  }

  @Override
  public void close() {
    try {
      samples.close();
    } catch (IOException e) {
      throw damaged(e);
    }
  }
}
