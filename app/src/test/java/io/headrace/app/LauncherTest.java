package io.headrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LauncherTest {
  private static final Path LAUNCHER = Path.of("..", "headrace").toAbsolutePath().normalize();

  @Test
  void isExecutableAndParsesAsPosixShell() throws Exception {
    assertThat(Files.isExecutable(LAUNCHER)).isTrue();
    Process shell = new ProcessBuilder("sh", "-n", LAUNCHER.toString()).inheritIO().start();
    assertThat(shell.waitFor()).isZero();
  }

  @Test
  void startsTheJvmWithTheFlagsThatTheTestsRunWith() throws Exception {
    String pom = Files.readString(Path.of("..", "pom.xml"));
    String flags =
        pom.substring(pom.indexOf("<headrace.jvm>") + 14, pom.indexOf("</headrace.jvm>"));
    String launcher = Files.readString(LAUNCHER).replaceAll("\\\\\\R\\s*", "");
    String vectors = "--add-modules jdk.incubator.vector"; // where they do not come late
    assertThat(launcher).contains("headrace_vectors_named=\"" + vectors + "\"");
    assertThat(launcher.replace("$headrace_vectors ", vectors + " ")).contains(flags);
  }
}
