package io.headrace.app;

import static io.headrace.app.CommandLineRun.HOME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.core.status.NopStatusListener;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.app.access.ApiToken;
import io.headrace.app.access.KnownTokens;
import io.headrace.app.access.Role;
import io.headrace.app.access.TokenFile;
import io.headrace.app.command.HeadraceCommand;
import io.headrace.pipeline.job.AccessSettings;
import io.headrace.pipeline.job.JobFile;
import io.headrace.pipeline.job.JobSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/**
 * Holds what runs Headrace in containers and under systemd to what there is. No engine runs here.
 */
class DeploymentTest {
  private static final Path DOCKER = HOME.resolve("docker");

  /** Documents of a YAML file. */
  private static List<JsonNode> yaml(String file) throws IOException {
    List<JsonNode> documents = new ArrayList<>();
    for (Object document : new Yaml().loadAll(Files.readString(DOCKER.resolve(file)))) {
      documents.add(new ObjectMapper().valueToTree(document));
    }
    return documents;
  }

  private static List<String> texts(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText).toList();
  }

  private static void assertPinned(String image) {
    assertThat(image).matches("[a-z/-]+:v?\\d+\\.\\d+\\.\\d+");
  }

  /** Throws if there is no such command or option. */
  private static void assertParses(List<String> words) {
    var parsed = HeadraceCommand.commandLine().parseArgs(words.toArray(String[]::new));
    assertThat(parsed.subcommand().commandSpec().name()).isEqualTo(words.getFirst());
  }

  /** A command with options that there are, on a job that is sound. */
  private static void assertRuns(List<String> words, Path job) {
    assertParses(words);
    if (words.getFirst().equals("run")) {
      List<String> settings = new ArrayList<>();
      for (int i = 1; i < words.size(); i++) {
        if (words.get(i - 1).equals("--set")) {
          settings.add(words.get(i));
        }
      }
      assertThat(JobFile.read(job, settings).checkpoints().directory())
          .hasValue(Path.of("/data/checkpoints"));
    }
  }

  private static Path inCheckout(String path) {
    return HOME.resolve(path.replaceFirst("^/opt/headrace/", ""));
  }

  @Test
  void composeStartsWhatThereIs() throws IOException {
    JsonNode compose = yaml("compose.yml").getFirst();
    JsonNode services = compose.path("services");
    assertThat(services.properties())
        .extracting(service -> service.getKey())
        .contains("kafka", "registry", "headrace", "prometheus", "grafana");
    for (var service : services.properties()) {
      JsonNode of = service.getValue();
      assertPinned(of.path("image").asText());
      for (String volume : texts(of.path("volumes"))) {
        String from = volume.substring(0, volume.indexOf(':'));
        boolean named = compose.path("volumes").has(from);
        assertThat(named || Files.exists(DOCKER.resolve(from))).as(volume).isTrue();
      }
      for (String port : texts(of.path("ports"))) {
        assertThat(port).as("nobody else's machine").startsWith("127.0.0.1:");
      }
      assertThat(of.has("privileged") || of.has("network_mode")).isFalse();
      for (var on : of.path("depends_on").properties()) {
        assertThat(services.has(on.getKey())).isTrue();
        JsonNode awaited = services.path(on.getKey());
        switch (on.getValue().path("condition").asText()) {
          case "service_healthy" -> assertThat(awaited.has("healthcheck")).isTrue();
          case "service_completed_successfully" ->
              assertThat(awaited.has("restart")).as("it ends").isFalse();
          default -> assertThat(on.getValue()).as("a condition that is known").isNull();
        }
      }
      if (of.path("image").asText().startsWith("headrace:")) {
        assertThat(of.path("read_only").asBoolean()).isTrue();
        assertThat(texts(of.path("cap_drop"))).containsExactly("ALL");
        if (of.has("entrypoint")) {
          continue; // a script, see theTokensOfComposeAreThoseThatItsPartsUse
        }
        List<String> words = texts(of.path("command"));
        words.stream()
            .filter(word -> word.startsWith("/opt/headrace/"))
            .forEach(path -> assertThat(inCheckout(path)).exists());
        assertRuns(words, inCheckout(words.get(1)));
      }
    }
  }

  /** A single dollar would be a variable of whoever runs it. */
  @Test
  void composeTakesNothingFromTheEnvironmentAndUsesEveryVolume() throws IOException {
    String text = Files.readString(DOCKER.resolve("compose.yml"));
    assertThat(text.replace("$$", "")).doesNotContain("$");
    JsonNode compose = yaml("compose.yml").getFirst();
    assertThat(compose.path("volumes").properties())
        .isNotEmpty()
        .allSatisfy(volume -> assertThat(text).contains(volume.getKey() + ":/"));
    for (JsonNode service : compose.path("services")) {
      assertThat(texts(service.path("volumes")))
          .as("each place of a container is mounted once")
          .doesNotHaveDuplicates();
    }
  }

  /** Runs the script as it stands, with the image's folder and data in other places. */
  @Test
  void theTokensOfComposeAreThoseThatItsPartsUse(@TempDir Path folder) throws Exception {
    JsonNode services = yaml("compose.yml").getFirst().path("services");
    Path data = Files.createDirectories(folder.resolve("data/scrape")).resolveSibling(".");
    Path command = folder.resolve("headrace");
    Files.writeString(
        command,
        "#!/bin/sh\nexec \"%s\" -Dlogback.statusListenerClass=%s -cp \"%s\" io.headrace.app.Main \"$@\"\n"
            .formatted(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                NopStatusListener.class.getName(),
                System.getProperty("java.class.path")));
    assertThat(command.toFile().setExecutable(true)).isTrue();
    String script =
        services
            .path("tokens")
            .path("command")
            .path(0)
            .asText()
            .replace("$$", "$")
            .replace("/opt/headrace/bin/headrace", command.toString())
            .replace("/data", data.normalize().toString());
    for (int i = 0; i < 2; i++) { // the second time nothing is made
      Process made = new ProcessBuilder("/bin/sh", "-euc", script).inheritIO().start();
      assertThat(made.waitFor()).isZero();
    }
    Path tokens = data.resolve("tokens.json");
    assertThat(new TokenFile(tokens).read())
        .extracting(ApiToken::name, ApiToken::role)
        .containsExactly(tuple("prometheus", Role.VIEWER), tuple("people", Role.ADMIN));
    var known = new KnownTokens(new TokenFile(tokens), InstantSource.system());
    String scrape = Files.readString(data.resolve("scrape/token")).strip();
    assertThat(known.find(scrape).orElseThrow().role()).isEqualTo(Role.VIEWER);
    Path admin = data.resolve("admin.token");
    assertThat(known.find(Files.readString(admin).strip()).orElseThrow().role())
        .isEqualTo(Role.ADMIN);
    assertThat(Files.getPosixFilePermissions(admin)).hasSize(2);

    JsonNode scraped = yaml("prometheus/prometheus.yml").getFirst().path("scrape_configs").path(0);
    String file = scraped.path("authorization").path("credentials_file").asText();
    assertThat(texts(services.path("prometheus").path("volumes")))
        .contains("headrace-scrape:" + Path.of(file).getParent() + ":ro");
    assertThat(texts(services.path("tokens").path("volumes")))
        .contains("headrace-scrape:/data/scrape");
    assertThat(texts(services.path("token").path("entrypoint"))).contains("/data/admin.token");
    assertThat(texts(services.path("headrace").path("command")))
        .contains("access.tokens=/data/tokens.json");
    assertThat(scraped.path("static_configs").path(0).path("targets").path(0).asText())
        .isEqualTo("headrace:8081");
  }

  @Test
  void manifestsFitTogether(@TempDir Path folder) throws IOException {
    List<JsonNode> all = yaml("kubernetes/headrace.yaml");
    assertThat(all)
        .extracting(each -> each.path("kind").asText())
        .containsExactly(
            "ConfigMap",
            "PersistentVolumeClaim",
            "Deployment",
            "Service",
            "NetworkPolicy",
            "PodMonitor");
    assertThat(all)
        .extracting(each -> each.path("apiVersion").asText())
        .containsExactly(
            "v1", "v1", "apps/v1", "v1", "networking.k8s.io/v1", "monitoring.coreos.com/v1");
    assertThat(all)
        .allSatisfy(
            each -> {
              assertThat(each.path("metadata").path("name").asText())
                  .matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
              assertThat(each.properties())
                  .extracting(field -> field.getKey())
                  .containsOnlyOnce("apiVersion", "kind", "metadata")
                  .isSubsetOf("apiVersion", "kind", "metadata", "spec", "data");
            });
    assertThat(all.get(1).path("spec").has("accessModes")).isTrue();
    assertThat(all.get(1).path("spec").path("resources").path("requests").has("storage")).isTrue();
    String job = all.get(0).path("data").path("job.yaml").asText();
    Path file = folder.resolve("job.yaml");
    Files.writeString(file, job.replace("/opt/headrace", HOME.toString()));

    JsonNode pod = all.get(2).path("spec").path("template");
    assertThat(pod.path("metadata").path("labels"))
        .isEqualTo(all.get(3).path("spec").path("selector"))
        .isEqualTo(all.get(4).path("spec").path("podSelector").path("matchLabels"))
        .isEqualTo(all.get(5).path("spec").path("selector").path("matchLabels"));
    assertThat(pod.path("spec").path("automountServiceAccountToken").asBoolean(true)).isFalse();
    assertThat(pod.path("spec").path("securityContext").path("runAsNonRoot").asBoolean()).isTrue();
    List<String> volumes = pod.path("spec").path("volumes").findValuesAsText("name");
    List<String> ports = new ArrayList<>();
    for (JsonNode container : pod.path("spec").path("containers")) {
      assertPinned(container.path("image").asText());
      assertThat(container.path("securityContext").path("readOnlyRootFilesystem").asBoolean())
          .isTrue();
      container
          .path("volumeMounts")
          .forEach(mount -> assertThat(volumes).contains(mount.path("name").asText()));
      container.path("ports").forEach(port -> ports.add(port.path("name").asText()));
      assertRuns(texts(container.path("args")), file);
      assertThat(container.path("ports").path(0).path("containerPort").asText())
          .isEqualTo(texts(container.path("args")).getLast());
      for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
        JsonNode asked = container.path(probe).path("httpGet");
        assertThat(asked.path("path").asText()).isEqualTo("/health"); // which needs no token
        assertThat(asked.path("scheme").asText()).isEqualTo("HTTPS");
        assertThat(ports).contains(asked.path("port").asText());
      }
      assertMounted(pod.path("spec"), container, JobFile.read(file, List.of()));
    }
    assertThat(ports)
        .contains(all.get(3).path("spec").path("ports").path(0).path("targetPort").asText())
        .contains(
            all.get(4)
                .path("spec")
                .path("ingress")
                .path(0)
                .path("ports")
                .path(0)
                .path("port")
                .asText());
    assertThat(pod.path("spec").path("terminationGracePeriodSeconds").asInt())
        .as("as long as a stop may take")
        .isEqualTo(90);
    for (JsonNode volume : pod.path("spec").path("volumes")) {
      String mounted = volume.path("configMap").path("name").asText();
      String claimed = volume.path("persistentVolumeClaim").path("claimName").asText();
      assertThat(mounted).isIn("", all.get(0).path("metadata").path("name").asText());
      assertThat(claimed).isIn("", all.get(1).path("metadata").path("name").asText());
    }
    JsonNode endpoint = all.get(5).path("spec").path("podMetricsEndpoints").path(0);
    assertThat(ports).contains(endpoint.path("port").asText());
    assertThat(endpoint.path("path").asText()).isEqualTo("/prometheus");
    assertThat(endpoint.path("scheme").asText()).isEqualTo("https");
    assertThat(endpoint.path("authorization").path("credentials").path("name").asText())
        .isEqualTo("headrace-tokens");
  }

  @Test
  void followersAreReplacedOneByOneAndLiveBeforeTheirFirstModel(@TempDir Path folder)
      throws IOException {
    List<JsonNode> all = yaml("kubernetes/follower.yaml");
    assertThat(all)
        .extracting(each -> each.path("kind").asText())
        .containsExactly("ConfigMap", "Deployment", "Service", "NetworkPolicy", "PodMonitor");
    Path file = folder.resolve("job.yaml");
    String text = all.get(0).path("data").path("job.yaml").asText();
    JobSpec job =
        JobFile.read(
            Files.writeString(file, text.replace("/opt/headrace", HOME.toString())), List.of());
    assertThat(job.checkpoints().store()).isPresent();
    assertThat(job.checkpoints().announce()).isPresent();

    JsonNode deployment = all.get(1).path("spec");
    JsonNode pod = deployment.path("template");
    assertThat(deployment.path("replicas").asInt()).isGreaterThan(1);
    assertThat(deployment.path("strategy").path("type").asText()).isEqualTo("RollingUpdate");
    assertThat(pod.path("metadata").path("labels"))
        .isEqualTo(deployment.path("selector").path("matchLabels"))
        .isEqualTo(all.get(2).path("spec").path("selector"))
        .isEqualTo(all.get(3).path("spec").path("podSelector").path("matchLabels"))
        .isEqualTo(all.get(4).path("spec").path("selector").path("matchLabels"));
    assertThat(pod.path("spec").path("automountServiceAccountToken").asBoolean(true)).isFalse();
    assertThat(pod.path("spec").path("securityContext").path("runAsNonRoot").asBoolean()).isTrue();
    JsonNode container = pod.path("spec").path("containers").path(0);
    assertPinned(container.path("image").asText());
    assertParses(texts(container.path("args")));
    assertThat(container.path("ports").path(0).path("containerPort").asText())
        .isEqualTo(texts(container.path("args")).getLast());
    List<String> volumes = pod.path("spec").path("volumes").findValuesAsText("name");
    List<String> mounted = container.path("volumeMounts").findValuesAsText("mountPath");
    container
        .path("volumeMounts")
        .forEach(mount -> assertThat(volumes).contains(mount.path("name").asText()));
    assertThat(mounted).contains("/cache", "/etc/headrace/public");
    for (String probe : List.of("startupProbe", "livenessProbe")) {
      assertThat(container.path(probe).path("httpGet").path("path").asText())
          .isEqualTo("/health/liveness");
    }
    assertThat(container.path("readinessProbe").path("httpGet").path("path").asText())
        .isEqualTo("/health/readiness");
    assertMounted(pod.path("spec"), container, job);
  }

  /** What the job's access names lies in a volume that is mounted, and it asks and encrypts. */
  private static void assertMounted(JsonNode pod, JsonNode container, JobSpec job) {
    AccessSettings access = job.access().orElseThrow();
    AccessSettings.Tls tls = access.tls().orElseThrow();
    for (Path file : List.of(access.tokens().orElseThrow(), tls.certificate(), tls.key())) {
      String volume =
          StreamSupport.stream(container.path("volumeMounts").spliterator(), false)
              .filter(one -> one.path("mountPath").asText().equals("" + file.getParent()))
              .map(one -> one.path("name").asText())
              .findFirst()
              .orElseThrow();
      assertThat(pod.path("volumes"))
          .anyMatch(one -> one.path("name").asText().equals(volume) && one.has("secret"));
    }
  }

  @Test
  void theImageIsMadeByTheScriptFromFilesThatThereAre() throws IOException {
    String file = Files.readString(DOCKER.resolve("Dockerfile"));
    assertThat(file)
        .contains("RUN docker/build-image.sh /image", "COPY --from=build /image /opt/headrace")
        .contains("USER 10001:10001", "CMD [\"/opt/headrace/bin/health\"]")
        .doesNotContain(":latest");
    for (String script :
        List.of("build-image.sh", "check-image.sh", "entrypoint.sh", "health.sh")) {
      assertThat(DOCKER.resolve(script)).isExecutable();
    }
    // The launcher and the image give the JVM the same flags.
    String launcher = Files.readString(HOME.resolve("headrace"));
    String entry = Files.readString(DOCKER.resolve("entrypoint.sh"));
    for (String line : launcher.lines().filter(line -> line.matches("  -[-XD].*")).toList()) {
      if (!line.contains("headrace.home") && !line.contains("AOT")) {
        assertThat(entry).contains(line.strip());
      }
    }
  }

  @Test
  void theUnitOfSystemdIsSound() throws Exception {
    Path unit = HOME.resolve("packaging/headrace@.service");
    String text = Files.readString(unit);
    String start =
        text.lines().filter(line -> line.startsWith("ExecStart=")).findFirst().orElseThrow();
    List<String> words = List.of(start.substring("ExecStart=".length()).split(" ", -1));
    assertThat(words.getFirst()).isEqualTo("/opt/headrace/bin/headrace");
    assertParses(words.subList(1, words.size()));

    assumeTrue(Files.isExecutable(Path.of("/usr/bin/systemd-analyze")), "no systemd-analyze");
    Process verify =
        new ProcessBuilder("systemd-analyze", "verify", "--recursive-errors=no", unit.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(verify.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    verify.waitFor();
    // That nothing is installed in /opt here is no fault of the unit.
    assertThat(said.lines().filter(line -> line.contains("headrace@")))
        .allMatch(
            line ->
                line.contains("is not executable") || line.contains("Failed to prepare filename"));
    Process exposure =
        new ProcessBuilder(
                "systemd-analyze", "security", "--offline=true", "--threshold=20", unit.toString())
            .redirectErrorStream(true)
            .start();
    String exposed = new String(exposure.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    boolean older = exposed.contains("unrecognized option"); // than systemd 250
    assertThat(exposure.waitFor() == 0 || older).as(exposed).isTrue();
  }
}
