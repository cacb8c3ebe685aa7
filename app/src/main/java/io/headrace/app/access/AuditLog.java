package io.headrace.app.access;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of {@link AuditEntry}s, a line of JSON each, that is only ever added to. Entries that come
 * together are forced to the disk together. It is opened for each such group, so a file that was
 * moved away is followed by a new one. Thread-safe; whoever opens it closes it.
 */
public final class AuditLog implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AuditLog.class);
  private static final JsonFactory JSON = new JsonFactory();

  private record Waiting(String line, CompletableFuture<Boolean> written) {}

  private static final Waiting END = new Waiting("", new CompletableFuture<>());

  private final Path file;
  private final BlockingQueue<Waiting> waiting = new LinkedBlockingQueue<>();
  private final Thread writer;
  private volatile boolean failing;

  private AuditLog(Path file) {
    this.file = file;
    this.writer = Thread.ofPlatform().name("audit-log").daemon().unstarted(this::write);
  }

  /**
   * Opens the log, and makes the file, for its owner alone, if there is none.
   *
   * @throws HeadraceException if it cannot be written to
   */
  public static AuditLog open(Path file) {
    var opened = new AuditLog(file);
    try {
      Files.createDirectories(file.toAbsolutePath().resolveSibling(".").normalize());
      opened.append(List.of());
    } catch (IOException e) {
      throw new HeadraceException(
          "The audit log %s cannot be written: %s. Name a file for it in access.audit."
              .formatted(file, e),
          e);
    }
    opened.writer.start();
    return opened;
  }

  /** Whether the last entry could not be written: then nothing more should be changed. */
  public boolean failing() {
    return failing;
  }

  /** Adds an entry; completes when it is on the disk, with false if it could not be written. */
  public CompletableFuture<Boolean> add(AuditEntry entry) {
    var one = new Waiting(line(entry), new CompletableFuture<>());
    waiting.add(one);
    return one.written();
  }

  private void write() {
    List<Waiting> group = new ArrayList<>();
    try {
      while (!group.contains(END)) {
        group.clear();
        group.add(waiting.take());
        waiting.drainTo(group);
        boolean written = tryAppend(group);
        group.forEach(one -> one.written().complete(written));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean tryAppend(List<Waiting> group) {
    try {
      append(group);
      failing = false;
      return true;
    } catch (IOException e) {
      if (!failing) {
        log.error(
            "The audit log {} cannot be written, so nothing more is changed: {}",
            file,
            e.toString());
      }
      failing = true;
      return false;
    }
  }

  private void append(List<Waiting> group) throws IOException {
    var options =
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    var ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    var lines = new StringBuilder();
    group.forEach(one -> lines.append(one.line()));
    try (FileChannel channel = FileChannel.open(file, options, ownerOnly)) {
      ByteBuffer bytes = ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }

  /** What callers sent is written as JSON text, so no line can be forged by it. */
  private static String line(AuditEntry entry) {
    var text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("time", entry.time().toString());
      json.writeStringField("who", entry.who());
      json.writeStringField("token", entry.token());
      json.writeStringField("method", entry.method());
      json.writeStringField("path", entry.path());
      json.writeStringField("from", entry.from());
      json.writeNumberField("status", entry.status());
      json.writeStringField("outcome", entry.outcome());
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory", e);
    }
    return text + "\n";
  }

  /** Writes what waits. */
  @Override
  public void close() {
    waiting.add(END);
    try {
      writer.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
