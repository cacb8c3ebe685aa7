package io.headrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LauncherTest {
  private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
  private static final Path LAUNCHER = HOME.resolve("headrace");

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

  @Test
  void takesTheClassesOfThePageOnlyWhereThereIsOne() throws Exception {
    assertThat(hasPage("run", "examples/flights/job.yaml")).isFalse();
    assertThat(hasPage("run", "examples/nowhere/job.yaml", "--report", "http.json")).isFalse();
    assertThat(hasPage()).isFalse();
    assertThat(hasPage("run", "examples/flights/job.yaml", "--port", "0")).isTrue();
    assertThat(hasPage("run", "--port=8080", "examples/flights/job.yaml")).isTrue();
    assertThat(hasPage("run", "examples/push/job.yaml")).isTrue();
    assertThat(hasPage("demo", "--exit")).isTrue();
    assertThat(hasPage("serve", "examples/flights/job.yaml")).isTrue();
    assertThat(hasPage("follow", "examples/follow/follower.yaml")).isTrue();
  }

  private static boolean hasPage(String... arguments) throws Exception {
    String launcher = Files.readString(LAUNCHER);
    int begin = launcher.indexOf("headrace_has_page() {");
    String function = launcher.substring(begin, launcher.indexOf("\n}\n", begin) + 3);
    List<String> command = new ArrayList<>(List.of("sh", "-euc"));
    command.add(function + "headrace_has_page \"$@\" && exit 10 || exit 11");
    command.add("sh");
    command.addAll(List.of(arguments));
    int status = new ProcessBuilder(command).directory(HOME.toFile()).inheritIO().start().waitFor();
    assertThat(status).isIn(10, 11);
    return status == 10;
  }
}
