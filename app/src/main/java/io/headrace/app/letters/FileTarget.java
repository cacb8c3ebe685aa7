package io.headrace.app.letters;

import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Puts records back into a new file for a job to read: lines, or by the ending {@code .avro} a
 * container, or by {@code .bin} the bytes one after the other. The file appears whole.
 */
public final class FileTarget implements ReplayTarget {
  static final String NAME = "file ";

  private final Path file;
  private final @Nullable String header;
  private final @Nullable DatumBytes datums;

  /**
   * @param header first line, e.g. the columns of a CSV file; null for none
   * @param schema file with the schema of a container's records; null for other files
   * @throws HeadraceException if the file is there already, or the schema cannot be read
   */
  public FileTarget(Path file, @Nullable String header, @Nullable Path schema) {
    this.file = file.toAbsolutePath().normalize();
    this.header = header;
    if (Files.exists(this.file)) {
      throw new HeadraceException(
          "--to-file %s: is there already. Name a new file; a job reads it like any other."
              .formatted(file));
    }
    boolean container = file.toString().endsWith(".avro");
    if (container && schema == null) {
      throw new HeadraceException(
          "--to-file %s: a container needs the schema of its records. Give it with --schema FILE."
              .formatted(file));
    }
    this.datums = container && schema != null ? DatumBytes.of(schema) : null;
  }

  @Override
  public String name() {
    return NAME + file;
  }

  @Override
  public int batchSize() {
    return Integer.MAX_VALUE;
  }

  @Override
  public Map<Integer, Long> ends() {
    return Map.of();
  }

  @Override
  public Optional<String> refusal(byte[] payload) {
    if (datums != null) {
      return datums.refusal(payload);
    }
    boolean mayHoldBreaks = file.toString().endsWith(".bin") || file.toString().endsWith(".csv");
    return !mayHoldBreaks && contains(payload, '\n')
        ? Optional.of("has a line break, which a line cannot hold")
        : Optional.empty();
  }

  private static boolean contains(byte[] bytes, char wanted) {
    for (byte b : bytes) {
      if (b == wanted) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void put(String replay, List<Returned> records) {
    Path unfinished = file.resolveSibling(file.getFileName() + ".tmp");
    try {
      Files.createDirectories(file.resolveSibling("."));
      if (datums == null) {
        writeBytes(unfinished, records);
      } else {
        datums.write(unfinished, records.stream().map(Returned::bytes).toList());
      }
      try (FileChannel written = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
        written.force(true);
      }
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new HeadraceException(
          "--to-file %s: cannot be written: %s.".formatted(file, e.getMessage()), e);
    }
  }

  private void writeBytes(Path to, List<Returned> records) throws IOException {
    boolean lines = !file.toString().endsWith(".bin");
    try (OutputStream out = new java.io.BufferedOutputStream(Files.newOutputStream(to))) {
      if (header != null) {
        out.write((header + "\n").getBytes(StandardCharsets.UTF_8));
      }
      for (Returned record : records) {
        out.write(record.bytes());
        if (lines) {
          out.write('\n');
        }
      }
    }
  }

  @Override
  public boolean has(ReplayEntry attempt) {
    return Files.exists(Path.of(attempt.target().substring(NAME.length())));
  }

  @Override
  public void close() {}
}
