package io.headrace.app.run;

import static io.headrace.app.CommandLineRun.FLIGHTS;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.headrace.app.CommandLineRun;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job whose chunks a collector hears of. */
class TracedJobTest {
  @TempDir private Path folder;

  @Test
  void tellsACollectorOfItsChunks() throws IOException {
    List<String> bodies = new CopyOnWriteArrayList<>();
    HttpServer collector =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/v1/traces",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          bodies.add(new String(body, StandardCharsets.ISO_8859_1));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    collector.start();
    try {
      String endpoint = "http://127.0.0.1:%d/v1/traces".formatted(collector.getAddress().getPort());
      CommandLineRun run =
          CommandLineRun.of(
              "run",
              FLIGHTS.resolve("job.yaml"),
              "--set",
              "checkpoints.directory=" + folder,
              "--set",
              "traces={endpoint: \"%s\", every-chunks: 1}".formatted(endpoint));
      run.mustSucceed();
    } finally {
      collector.stop(0);
    }
    assertThat(String.join("", bodies))
        .contains("flight-delay", "chunk", "decode", "assemble", "train", "headrace.step")
        .doesNotContain("the run ended before it was trained");
  }
}
