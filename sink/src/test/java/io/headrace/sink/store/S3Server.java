package io.headrace.sink.store;

import io.headrace.sink.ObjectStoreSettings;
import io.headrace.sink.TestBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * S3Proxy as a process of its own, its objects in memory, with one bucket. Maven brings it when it
 * is first asked for; a test is skipped where it cannot be had.
 */
public final class S3Server implements AutoCloseable {
  static final String BUCKET = "headrace-test";

  private static final String JAR = "org.gaul:s3proxy:4.1.0:jar:jar-with-dependencies";
  private static final Path HOME = home();
  private static final Path FOLDER = HOME.resolve("sink/target/s3proxy");

  private final int port = TestBroker.freePort();
  private final Path folder;
  private final Process process;

  private S3Server(Path jar, Path folder) throws IOException {
    this.folder = folder;
    Path properties =
        Files.writeString(
            folder.resolve("s3proxy.properties"),
            """
            s3proxy.authorization=aws-v2-or-v4
            s3proxy.identity=tester
            s3proxy.credential=a-secret
            s3proxy.endpoint=http://127.0.0.1:%d
            jclouds.provider=transient-nio2
            jclouds.identity=any
            jclouds.credential=any
            """
                .formatted(port));
    Files.writeString(
        credentials(),
        """
        [default]
        aws_access_key_id = tester
        aws_secret_access_key = a-secret
        """);
    this.process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                jar.toString(),
                "--properties",
                properties.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("s3proxy.log").toFile())
            .start();
  }

  /** Starts one, and returns when it answers. */
  public static S3Server startOrSkip(Path folder) throws IOException, InterruptedException {
    Path jar = FOLDER.resolve("s3proxy-4.1.0-jar-with-dependencies.jar");
    if (!Files.exists(jar)) {
      Files.createDirectories(FOLDER);
      Path log = FOLDER.resolve("log.txt");
      Process copy =
          new ProcessBuilder(
                  HOME.resolve("mvnw").toString(),
                  "-q",
                  "-B",
                  "-ntp",
                  "-N",
                  "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy",
                  "-Dartifact=" + JAR,
                  "-DoutputDirectory=" + FOLDER)
              .directory(HOME.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      boolean ended = copy.waitFor(5, TimeUnit.MINUTES);
      Assumptions.assumeTrue(
          ended && copy.exitValue() == 0, "Maven could not bring " + JAR + ": see " + log);
    }
    var server = new S3Server(jar, folder);
    try {
      server.begin();
    } catch (IOException | InterruptedException | RuntimeException | LinkageError e) {
      server.close();
      throw e;
    }
    return server;
  }

  private static Path home() {
    Path here = Path.of("").toAbsolutePath();
    return Files.exists(here.resolve("mvnw")) ? here : here.resolve("..").normalize();
  }

  private boolean answers() throws InterruptedException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port);
        var http = HttpClient.newHttpClient()) {
      assert socket.isConnected();
      var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port)).build();
      return http.send(request, BodyHandlers.discarding()).statusCode() > 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** Returns when it answers and has its bucket. */
  private void begin() throws IOException, InterruptedException {
    while (!answers()) {
      if (!process.isAlive()) {
        throw new IOException("s3proxy ended: " + Files.readString(folder.resolve("s3proxy.log")));
      }
      Thread.sleep(50);
    }
    makeBucket();
  }

  private void makeBucket() {
    try (var client = S3Store.client(settings("", port))) {
      client.createBucket(request -> request.bucket(BUCKET));
    }
  }

  Path credentials() {
    return folder.resolve("credentials");
  }

  int port() {
    return port;
  }

  /** What a job says to reach the server. */
  public ObjectStoreSettings settings(String prefix) {
    return settings(prefix, port);
  }

  /** The same by a proxy before it. */
  ObjectStoreSettings settings(String prefix, int proxyPort) {
    return new ObjectStoreSettings(
        BUCKET,
        prefix,
        Optional.of(URI.create("http://127.0.0.1:" + proxyPort)),
        Optional.of("us-east-1"),
        Optional.of(credentials()),
        "default");
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
