package io.headrace.perf.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Memory of this process that is resident, as Linux tells it.
 *
 * @param own bytes that are in no file: they stay until the process gives them back
 * @param files bytes of files that are mapped, which the system takes back where it needs room
 */
record Resident(long own, long files) {
  static Resident now() {
    try {
      List<String> lines = Files.readAllLines(Path.of("/proc/self/status"));
      return new Resident(bytes(lines, "RssAnon:"), bytes(lines, "RssFile:"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long bytes(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  private Resident most(Resident other) {
    return new Resident(Math.max(own, other.own), Math.max(files, other.files));
  }

  /** The most of each since it was made, looked at every few milliseconds until it is closed. */
  static final class Most implements AutoCloseable {
    private static final long EVERY_MILLIS = 5;

    private volatile Resident resident = now();
    private volatile boolean closed;
    private final Thread watcher = Thread.ofPlatform().daemon().start(this::watch);

    Resident resident() {
      return resident.most(now());
    }

    private void watch() {
      while (!closed) {
        resident = resident.most(now());
        try {
          Thread.sleep(EVERY_MILLIS);
        } catch (InterruptedException _) {
          return;
        }
      }
    }

    @Override
    public void close() {
      closed = true;
      watcher.interrupt();
    }
  }
}
