package io.headrace.app.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.app.CommandLineRun;
import io.headrace.app.Main;
import io.headrace.engine.error.HeadraceException;
import io.headrace.pipeline.job.AccessSettings;
import io.headrace.pipeline.job.AccessSettings.Tls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** HTTPS, and what a service refuses to be without it. */
class TlsTest {
  @TempDir private Path folder;

  @Test
  void servesANewCertificateOnceItsFilesHaveChanged() throws Exception {
    Tls files = new Tls(folder.resolve("cert.pem"), folder.resolve("key.pem"));
    make("one", files);
    try (var secured =
        new SecuredService(folder, new MovingJob(), Optional.empty(), Optional.of(files))) {
      assertThat(secured.service.uri().getScheme()).isEqualTo("https");
      int port = secured.service.uri().getPort();
      assertThat(servedTo(port)).isEqualTo("CN=one");

      make("two", files);
      long end = System.nanoTime() + 20_000_000_000L;
      while (!servedTo(port).equals("CN=two")) {
        assertThat(System.nanoTime()).as("seconds waited for the new one").isLessThan(end);
        Thread.sleep(100);
      }
      assertThat(get(port)).startsWith("HTTP/1.1 401 ").contains("Bearer");
    }
  }

  @Test
  void keepsTheCertificateThatItHasWhileTheFilesAreOfNoUse() throws Exception {
    Tls files = new Tls(folder.resolve("cert.pem"), folder.resolve("key.pem"));
    make("one", files);
    try (var secured =
        new SecuredService(folder, new MovingJob(), Optional.empty(), Optional.of(files))) {
      int port = secured.service.uri().getPort();
      assertThat(servedTo(port)).isEqualTo("CN=one");
      Path next = Files.writeString(folder.resolve("next"), "-----BEGIN CERTIFICATE-----\nno\n");
      Files.move(next, files.certificate(), StandardCopyOption.REPLACE_EXISTING);
      for (int i = 0; i < 25; i++) { // longer than it takes to look again
        assertThat(servedTo(port)).isEqualTo("CN=one");
        Thread.sleep(100);
      }
      make("two", files);
      long end = System.nanoTime() + 20_000_000_000L;
      while (!servedTo(port).equals("CN=two")) {
        assertThat(System.nanoTime()).as("until it is mended").isLessThan(end);
        Thread.sleep(100);
      }
    }
  }

  /** The script as it stands in an image, with a runtime beside it. */
  @Test
  void theHealthCheckOfTheImageAsksOverTls() throws Exception {
    Path image =
        Files.createDirectories(folder.resolve("image/lib")).resolveSibling(".").normalize();
    Files.createSymbolicLink(image.resolve("runtime"), Path.of(System.getProperty("java.home")));
    Path script =
        Files.copy(
            CommandLineRun.HOME.resolve("docker/health.sh"),
            Files.createDirectories(image.resolve("bin")).resolve("health"));
    try (var jar =
        new JarOutputStream(Files.newOutputStream(image.resolve("lib/headrace-app-1.jar")))) {
      for (String name : List.of("HealthProbe", "HealthProbe$Anybody")) {
        String entry = "io/headrace/app/" + name + ".class";
        jar.putNextEntry(new JarEntry(entry));
        try (var in = Objects.requireNonNull(Main.class.getResourceAsStream("/" + entry))) {
          in.transferTo(jar);
        }
      }
    }
    Tls files = new Tls(folder.resolve("cert.pem"), folder.resolve("key.pem"));
    make("elsewhere.example", files);
    int port;
    try (var secured =
        new SecuredService(folder, new MovingJob(), Optional.empty(), Optional.of(files))) {
      port = secured.service.uri().getPort();
      assertThat(health(script, "https:" + port)).isZero();
      assertThat(health(script, "https:" + port, "liveness")).isZero();
      assertThat(health(script, "https:" + port, "no-such-part")).isEqualTo(1);
      assertThat(health(script, "" + port)).as("without TLS").isEqualTo(1);
      secured.job.state = JobState.FAILED;
      assertThat(health(script, "https:" + port)).isEqualTo(1);
    }
    assertThat(health(script, "https:" + port)).as("nobody answers").isEqualTo(1);
  }

  private static int health(Path script, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("/bin/bash", script.toString()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }

  @ParameterizedTest
  @CsvSource({
    "SSLv3, 0300, 15",
    "TLSv1, 0301, 15",
    "TLSv1.1, 0302, 15",
    "TLSv1.2, 0303, 16" // 15: an alert
  })
  void refusesProtocolsThatAreBroken(String name, String version, String answer) throws Exception {
    Tls files = new Tls(folder.resolve("cert.pem"), folder.resolve("key.pem"));
    make("one", files);
    try (var secured =
            new SecuredService(folder, new MovingJob(), Optional.empty(), Optional.of(files));
        var socket =
            new Socket(InetAddress.getLoopbackAddress(), secured.service.uri().getPort())) {
      socket.getOutputStream().write(hello(version));
      byte[] record = socket.getInputStream().readNBytes(7);
      String said = HexFormat.of().formatHex(record);
      assertThat(said).as(name).startsWith(answer);
      if (answer.equals("15")) {
        assertThat(said).as(name).endsWith("0246"); // fatal: protocol_version
      }
    }
  }

  /**
   * A ClientHello by RFC 5246 (7.4.1.2), because this JDK's client refuses by itself to say one of
   * the old versions.
   */
  private static byte[] hello(String version) {
    String suites = "c02bc02fc009c013009c002f";
    String groups = "000a000600040017001d";
    String points = "000b00020100";
    String signatures = "000d00080006040308040401";
    String extensions = groups + points + signatures;
    String body =
        version
            + "5a".repeat(32)
            + "00" // no session
            + "%04x".formatted(suites.length() / 2)
            + suites
            + "0100" // no compression
            + "%04x".formatted(extensions.length() / 2)
            + extensions;
    String handshake = "01%06x".formatted(body.length() / 2) + body;
    return HexFormat.of().parseHex("160301" + "%04x".formatted(handshake.length() / 2) + handshake);
  }

  @ParameterizedTest
  @CsvSource({
    "false, false, authentication and TLS",
    "true, false, TLS",
    "false, true, authentication"
  })
  void refusesOtherMachinesWithout(boolean tokens, boolean tls, String lacking) {
    var access =
        new AccessSettings(
            tokens ? Optional.of(folder.resolve("tokens.json")) : Optional.empty(),
            Optional.empty(),
            tls ? Optional.of(new Tls(folder.resolve("c"), folder.resolve("k"))) : Optional.empty(),
            Optional.empty());
    var exposure = new Exposure("0.0.0.0", 0, Optional.of(access), false);
    assertThatThrownBy(() -> HttpService.start(exposure, new MovingJob().served()))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("it has no " + lacking + ".")
        .hasMessageContainingAll("--host 0.0.0.0", "access: {tokens:", "--insecure");
  }

  @Test
  void isOpenToOthersOnlyWhenAskedAndSaysSo() {
    var exposure = new Exposure("0.0.0.0", 0, Optional.empty(), true);
    try (var open = HttpService.start(exposure, new MovingJob().served())) {
      assertThat(open.uri().getScheme()).isEqualTo("http");
    }
    assertThat(exposure.sentence()).contains("open to everybody on every machine").hasLineCount(1);
    assertThat(Exposure.local(0).sentence()).contains("open to everybody on this machine");
  }

  @Test
  void saysWhichFileIsOfNoUse() throws Exception {
    Path none = folder.resolve("none.pem");
    Path noKey = Files.writeString(folder.resolve("text.pem"), "hello");
    Tls files = new Tls(folder.resolve("cert.pem"), folder.resolve("key.pem"));
    make("one", files);
    assertThatThrownBy(() -> start(new Tls(none, files.key())))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContainingAll("access.tls.certificate", none.toString());
    assertThatThrownBy(() -> start(new Tls(files.certificate(), noKey)))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContainingAll("access.tls.key", noKey.toString());
  }

  private static void start(Tls tls) {
    var access =
        new AccessSettings(Optional.empty(), Optional.empty(), Optional.of(tls), Optional.empty());
    HttpService.start(
            new Exposure(Exposure.LOCAL, 0, Optional.of(access), false), new MovingJob().served())
        .close();
  }

  /** Has the JDK's keytool make a key and a certificate, and puts both in place as PEM. */
  private void make(String name, Tls files) throws Exception {
    Path store = folder.resolve(name + ".p12");
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    Process made =
        new ProcessBuilder(
                keytool.toString(),
                "-genkeypair",
                "-alias",
                "it",
                "-dname",
                "CN=" + name,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                "changeit")
            .redirectErrorStream(true)
            .start();
    String said = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(made.waitFor()).as(said).isZero();
    KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
    put(files.key(), "PRIVATE KEY", keys.getKey("it", "changeit".toCharArray()).getEncoded());
    put(files.certificate(), "CERTIFICATE", keys.getCertificate("it").getEncoded());
  }

  private static void put(Path file, String kind, byte[] der) throws IOException {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.writeString(
        next, "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(kind, body, kind));
    Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  private static String servedTo(int port) throws Exception {
    try (SSLSocket socket = connect(port)) {
      socket.startHandshake();
      var certificate = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      return certificate.getSubjectX500Principal().getName();
    }
  }

  private static String get(int port) throws Exception {
    try (SSLSocket socket = connect(port)) {
      socket
          .getOutputStream()
          .write(
              "GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static SSLSocket connect(int port) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new TrustingAnybody()}, new SecureRandom());
    return (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
  }

  /** The certificates here were signed by nobody. */
  private static final class TrustingAnybody extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
