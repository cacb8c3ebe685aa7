package io.headrace.app.run;

import io.headrace.app.CommandLineRun;
import io.headrace.app.broker.Ports;
import io.headrace.ingest.registry.RegistrySettings;
import io.headrace.ingest.registry.SchemaRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * Apicurio's registry as a process of its own, its schemas in memory. Maven brings the app when it
 * is first asked for. Not thread-safe.
 */
final class ApicurioRegistry implements AutoCloseable {
  private static final String APP = "io.apicurio:apicurio-registry-app:3.3.3:tar.gz:all";
  private static final Path FOLDER = CommandLineRun.HOME.resolve("app/target/apicurio");

  private final int port = Ports.free(0);
  private final Path home;
  private @Nullable Process process;

  private ApicurioRegistry(Path home) {
    this.home = home;
  }

  /** The app, not yet started; a test that asks for it is skipped where it cannot be had. */
  static ApicurioRegistry orSkip() throws IOException, InterruptedException {
    Path jar = FOLDER.resolve("app/quarkus-run.jar");
    if (!Files.exists(jar)) {
      Path unpacked = Files.createDirectories(FOLDER.resolve("unpacking"));
      boolean had =
          ran(
                  CommandLineRun.HOME.resolve("mvnw").toString(),
                  "-q",
                  "-B",
                  "-ntp",
                  "-N",
                  "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy",
                  "-Dartifact=" + APP,
                  "-Dmdep.stripVersion=true",
                  "-DoutputDirectory=" + FOLDER)
              && ran(
                  "tar",
                  "xzf",
                  FOLDER.resolve("apicurio-registry-app-all.tar.gz").toString(),
                  "-C",
                  unpacked.toString());
      Assumptions.assumeTrue(had, "Maven could not bring " + APP + ": see " + log());
      Files.move(unpacked, FOLDER.resolve("app"));
    }
    return new ApicurioRegistry(FOLDER.resolve("app"));
  }

  private static Path log() {
    return FOLDER.resolve("log.txt");
  }

  private static boolean ran(String... command) throws IOException, InterruptedException {
    Process made =
        new ProcessBuilder(command)
            .directory(CommandLineRun.HOME.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
            .start();
    if (!made.waitFor(8, TimeUnit.MINUTES)) {
      made.destroyForcibly();
      return false;
    }
    return made.exitValue() == 0;
  }

  String url() {
    return "http://127.0.0.1:" + port + "/apis/ccompat/v7";
  }

  /** Starts the process and returns when it answers; it knows no schemas then. */
  void start() throws IOException, InterruptedException {
    Process started =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx400m",
                "-XX:TieredStopAtLevel=1",
                "-Dquarkus.http.host=127.0.0.1",
                "-Dquarkus.http.port=" + port,
                "-jar",
                "quarkus-run.jar")
            .directory(home.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
            .start();
    process = started;
    while (!answers()) {
      if (!started.isAlive()) {
        throw new IOException("the registry ended by itself: see " + log());
      }
      Thread.sleep(100);
    }
  }

  private boolean answers() throws InterruptedException {
    try (var http = HttpClient.newHttpClient()) {
      HttpRequest request = HttpRequest.newBuilder(URI.create(url() + "/subjects")).build();
      return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** A client of it. */
  SchemaRegistry client() {
    return new SchemaRegistry(
        RegistrySettings.of(url(), Optional.empty(), Optional.empty()), FOLDER);
  }

  /** Kills the process, and all schemas with it. */
  void kill() {
    Process running = process;
    if (running != null) {
      running.destroyForcibly().onExit().join();
    }
  }

  @Override
  public void close() {
    kill();
  }
}
