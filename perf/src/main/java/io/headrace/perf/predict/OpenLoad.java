package io.headrace.perf.predict;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/**
 * Requests at a fixed rate, over connections that stay open, due at times that were set beforehand:
 * latency counts from when a request was due, so that an answer that is late makes those behind it
 * late as well, and none is left out. Every answer is checked.
 */
final class OpenLoad {
  private static final int CONNECTIONS = 8;

  private final URI uri;
  private final byte[] request;

  OpenLoad(URI uri, String json) {
    this.uri = uri;
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    String head =
        "POST /api/v1/predict HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            .formatted(uri.getAuthority(), body.length);
    request = (head + json).getBytes(StandardCharsets.UTF_8);
  }

  /** Latencies in nanoseconds, sorted. */
  long[] run(int perSecond, int seconds) throws InterruptedException, ExecutionException {
    int each = perSecond * seconds / CONNECTIONS;
    long apart = 1_000_000_000L * CONNECTIONS / perSecond;
    long start = System.nanoTime() + 100_000_000;
    List<Future<long[]>> parts = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS)) {
      for (int i = 0; i < CONNECTIONS; i++) {
        long first = start + i * apart / CONNECTIONS;
        parts.add(threads.submit(() -> ask(first, apart, each)));
      }
    }
    long[] all = new long[each * CONNECTIONS];
    for (int i = 0; i < CONNECTIONS; i++) {
      System.arraycopy(parts.get(i).get(), 0, all, i * each, each);
    }
    Arrays.sort(all);
    return all;
  }

  private long[] ask(long first, long apart, int count) throws IOException {
    long[] latencies = new long[count];
    try (var socket = new Socket(uri.getHost(), uri.getPort())) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (int i = 0; i < count; i++) {
        long due = first + i * apart;
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        socket.getOutputStream().write(request);
        readAnswer(in);
        latencies[i] = System.nanoTime() - due;
      }
    }
    return latencies;
  }

  private static void readAnswer(InputStream in) throws IOException {
    String status = line(in);
    int length = 0;
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Integer.parseInt(header.substring("content-length:".length()).strip());
      }
    }
    String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    if (!status.contains(" 200 ") || !body.contains("\"probabilities\"")) {
      throw new IOException(status + ": " + body);
    }
  }

  private static String line(InputStream in) throws IOException {
    var line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("the connection was closed");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }
}
