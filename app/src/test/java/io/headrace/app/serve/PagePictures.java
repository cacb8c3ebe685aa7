package io.headrace.app.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import io.headrace.app.CommandLineRun;
import io.headrace.app.http.Exposure;
import io.headrace.app.http.HttpService;
import io.headrace.app.http.InstalledChromium;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Takes pictures of jobs to look at: {@code ./mvnw -Dquick -pl app -am test -Dtest=PagePictures
 * -Dsurefire.failIfNoSpecifiedTests=false -Dheadrace.pictures=target/pictures}. With {@code
 * -Dheadrace.pictures.data=DIR}, where cifar10 and ctr are, those jobs are pictured too. Those of
 * docs/images are the demo's page after 50 seconds.
 */
@EnabledIfSystemProperty(named = "headrace.pictures", matches = ".+")
class PagePictures {
  private static final int LEARNING_MILLIS = 25_000;

  /** Of jobs that failed, diverged, or learn from other data. */
  private static final Path OTHERS = Path.of("target", "page");

  @TempDir private Path folder;

  private void job(String name, String example, String... replacements) throws Exception {
    String text =
        Files.readString(CommandLineRun.HOME.resolve("examples").resolve(example))
            .replaceFirst("directory: data", "directory: " + folder.resolve(name))
            .replaceFirst("name: .*", "name: " + name)
            .replace(
                "path: flights.avro", "path: " + CommandLineRun.FLIGHTS.resolve("flights.avro"));
    for (int i = 0; i < replacements.length; i += 2) {
      assertThat(text).contains(replacements[i]);
      text = text.replace(replacements[i], replacements[i + 1]);
    }
    Files.writeString(folder.resolve(name + ".yaml"), text);
  }

  @Test
  void takeThem() throws Exception {
    Path pictures =
        CommandLineRun.HOME.resolve(System.getProperty("headrace.pictures", "docs/images"));
    String data = System.getProperty("headrace.pictures.data", "");
    Files.createDirectories(pictures);
    job(
        "flight-delay",
        "flights/job.yaml",
        "every-samples: 100000",
        "every-samples: 500000",
        "loss: logistic",
        "loss: logistic\nepochs: 200");
    job(
        "diverged",
        "flights/job.yaml",
        "ftrl: {learning-rate: 1.0}",
        "sgd: {learning-rate: 1000000}",
        "distance: 0.001",
        "distance: 1.0e30");
    job("failed", "flights/job.yaml", "flights.avro,", "nowhere.avro,");
    if (!data.isEmpty()) {
      job(
          "cifar10",
          "cifar10/job.yaml",
          "data_batch_",
          data + "/cifar10/data_batch_",
          "test_batch",
          data + "/cifar10/test_batch");
      job("ctr", "ctr/job.yaml", "path: ctr.vw", "path: " + data + "/gen/ctr.vw");
    }
    var out = new PrintWriter(new StringWriter());
    try (var chromium = new InstalledChromium();
        var jobs =
            HostedJobs.read(
                List.of(folder), new JobOverrides(List.of(), Optional.empty()), Optional.empty())) {
      chromium.launch();
      jobs.start(out);
      try (var http =
          HttpService.start(new Exposure("127.0.0.1", 0, Optional.empty(), false), jobs)) {
        Page page = open(chromium, 1280, ColorScheme.LIGHT);
        page.navigate(http.uri() + "?job=flight-delay");
        page.waitForTimeout(LEARNING_MILLIS);
        for (var job : jobs.all()) {
          take(chromium, http, job.name(), 1280, ColorScheme.LIGHT, OTHERS);
          take(chromium, http, job.name(), 400, ColorScheme.DARK, OTHERS);
        }
        take(chromium, http, "flight-delay", 1280, ColorScheme.LIGHT, pictures);
        take(chromium, http, "flight-delay", 400, ColorScheme.DARK, pictures);
      }
    }
  }

  private static void take(
      InstalledChromium chromium,
      HttpService http,
      String job,
      int width,
      ColorScheme scheme,
      Path pictures) {
    Page page = open(chromium, width, scheme);
    page.navigate(http.uri() + "?job=" + job);
    page.waitForTimeout(1500);
    page.screenshot(
        new Page.ScreenshotOptions()
            .setPath(
                pictures.resolve(
                    "%s-%d-%s.png"
                        .formatted(job, width, scheme.name().toLowerCase(java.util.Locale.ROOT))))
            .setFullPage(true));
    page.close();
  }

  private static Page open(InstalledChromium chromium, int width, ColorScheme scheme) {
    return chromium.open(
        new Browser.NewContextOptions()
            .setViewportSize(width, 900)
            .setColorScheme(scheme)
            .setReducedMotion(ReducedMotion.REDUCE));
  }
}
