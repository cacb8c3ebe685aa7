package io.headrace.app.demo;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import io.headrace.app.CommandLineRun;
import io.headrace.app.access.Role;
import io.headrace.app.access.TokenFile;
import io.headrace.app.http.InstalledChromium;
import io.headrace.app.report.RunReport;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demo as its users see it, in a browser: an operator who pauses, resumes and goes back, and a
 * viewer. A picture is left in {@code target/page/}.
 */
class DemoPageTest {
  private static final Pattern ADDRESS = Pattern.compile("Page: (http://\\S+)");
  private static final int PICTURE_SAMPLES = Integer.getInteger("headrace.picture-samples", 15_000);

  private static final int BATCH = 64;

  private final StringWriter out = new StringWriter();
  private final AtomicBoolean stop = new AtomicBoolean();

  @TempDir private Path folder;

  @Test
  void showsFlightsBeingLearnedFromPausesResumesGoesBackAndHidesItsButtonsFromAViewer()
      throws Exception {
    try (var chromium = new InstalledChromium()) {
      chromium.launch();
      Path file = folder.resolve("tokens.json");
      var tokens = new TokenFile(file);
      String operator = secret(tokens, Role.OPERATOR);
      String viewer = secret(tokens, Role.VIEWER);
      List<String> settings = List.of("access.tokens=" + file, "checkpoints.every-samples=5000");
      var demo =
          new Demo(CommandLineRun.FLIGHTS, folder, 0, 0, 300_000, 4000, false, settings, null);
      CompletableFuture<RunReport> run =
          CompletableFuture.supplyAsync(() -> demo.run(new PrintWriter(out, true), stop::get));
      Page page = chromium.open(new Browser.NewContextOptions().setViewportSize(1280, 1020));
      page.navigate(address(run));
      signIn(page, operator);

      assertThat(page.locator("#job")).hasText("flight-delay");
      String first = page.locator("#trained").innerText();
      assertThat(page.locator("#trained")).not().hasText(first);
      page.waitForFunction(
          "n => Number(document.querySelector('#trained').innerText.replace(/\\D/g, '')) > n",
          PICTURE_SAMPLES);
      assertThat(page.locator("#balance")).hasText("✓ adds up");
      List<Long> account =
          page.locator(".equation dd").allInnerTexts().stream()
              .map(part -> Long.valueOf(part.replace("\u202f", "")))
              .toList();
      assertThat(account.getFirst())
          .isPositive()
          .isEqualTo(account.stream().skip(1).mapToLong(part -> part).sum());
      page.screenshot(
          new Page.ScreenshotOptions()
              .setPath(Path.of("target", "page", "demo.png"))
              .setFullPage(true));

      pausesAndResumes(page);
      goesBackToTheCheckpointBefore(page);
      seesNoButtonsAs(page, viewer);

      stop.set(true);
      RunReport report = run.get(1, TimeUnit.MINUTES);
      assertThat(report.samplesTrained()).isPositive();
      assertThat(report.checkpoint()).isNotNull();
    } finally {
      stop.set(true);
    }
  }

  private static String secret(TokenFile tokens, Role role) {
    Instant now = Instant.now();
    return tokens.create(role.code(), role, now, now.plus(Duration.ofDays(1))).secret();
  }

  private static void signIn(Page page, String secret) {
    page.locator("#token").fill(secret);
    page.keyboard().press("Enter");
  }

  private static long trained(Page page) {
    return Long.parseLong(page.locator("#trained").innerText().replaceAll("\\D", ""));
  }

  private static void awaitMoved(Page page) {
    String before = page.locator("#trained").innerText();
    assertThat(page.locator("#trained")).not().hasText(before);
  }

  private static void pausesAndResumes(Page page) {
    page.locator("#pause").click();
    assertThat(page.locator("#state")).hasText("paused");
    assertThat(page.locator("#rate")).hasText("0");
    String rested = page.locator("#trained").innerText();
    page.locator("#resume").click();
    assertThat(page.locator("#state")).hasText("running");
    assertThat(page.locator("#trained")).not().hasText(rested);
  }

  /** From a pause, so that it stays there. */
  private static void goesBackToTheCheckpointBefore(Page page) {
    page.locator("#pause").click();
    assertThat(page.locator("#state")).hasText("paused");
    page.locator("#checkpoint-now").click();
    assertThat(page.locator("#answer")).containsText("Written: checkpoint-");
    String written = page.locator("#answer").innerText().replace("Written: ", "");
    assertThat(page.locator("#stored tbody th").first()).hasText(written);
    Locator earlier = page.locator("#stored tbody tr").nth(1);
    String name = earlier.locator("th").innerText();
    long step = Long.parseLong(earlier.locator("td").first().innerText().replaceAll("\\D", ""));
    long before = trained(page);
    earlier.locator("button").click();
    assertThat(page.locator("#restore-name")).containsText(name);
    page.locator("#restore-yes").click();
    assertThat(page.locator("#answer")).hasText("Taken back to " + name);
    assertThat(page.locator("#state")).hasText("paused");
    page.waitForFunction(
        "n => Number(document.querySelector('#trained').innerText.replace(/\\D/g, '')) < n",
        Math.toIntExact(before));
    assertThat(trained(page)).isLessThanOrEqualTo(step * BATCH);
    page.locator("#resume").click();
    awaitMoved(page);
  }

  private static void seesNoButtonsAs(Page page, String viewer) {
    page.locator("#sign-out").click();
    assertThat(page.locator("#state")).hasText("signed out");
    signIn(page, viewer);
    assertThat(page.locator("#who")).hasText("viewer");
    awaitMoved(page);
    for (String button : List.of("#pause", "#resume", "#stop", "#start", "#checkpoint-now")) {
      assertThat(page.locator(button)).isHidden();
    }
    assertThat(page.locator("#stored button").first()).isHidden();
  }

  private String address(CompletableFuture<RunReport> run) throws InterruptedException {
    while (!run.isDone()) {
      var found = ADDRESS.matcher(out.toString()).results().map((MatchResult m) -> m.group(1));
      var address = found.findFirst();
      if (address.isPresent()) {
        return address.get();
      }
      Thread.sleep(20);
    }
    throw new AssertionError("the demo ended before its page was there: " + out);
  }
}
