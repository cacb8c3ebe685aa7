package io.headrace.app.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.app.CommandLineRun;
import io.headrace.app.report.RunReport;
import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {
  private final StringWriter out = new StringWriter();

  @TempDir private Path folder;

  private Demo demo(int port, long rows) {
    return new Demo(CommandLineRun.FLIGHTS, folder, 0, port, rows, 0, true, List.of(), null);
  }

  @Test
  void learnsTheReplayAndGoesOnWithAnotherOneAtTheNextStart() {
    RunReport first = demo(0, 5000).run(new PrintWriter(out), () -> false);
    assertThat(first.samplesTrained()).isEqualTo(5000);
    RunReport second = demo(0, 5000).run(new PrintWriter(out), () -> false);
    assertThat(second.samplesTrained()).isEqualTo(10_000);
    assertThat(second.samplesRead()).isEqualTo(10_000);
    assertThat(out.toString()).contains("Page: http://127.0.0.1:", "goes on behind 5,000 samples");
  }

  @Test
  void namesAPortThatIsTaken() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(
              () -> demo(taken.getLocalPort(), 10).run(new PrintWriter(out), () -> false))
          .isInstanceOf(HeadraceException.class)
          .hasMessageContaining(String.valueOf(taken.getLocalPort()))
          .hasMessageContaining("--port");
    }
  }
}
