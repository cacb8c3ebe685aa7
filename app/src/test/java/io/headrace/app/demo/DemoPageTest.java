package io.headrace.app.demo;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import io.headrace.app.CommandLineRun;
import io.headrace.app.http.InstalledChromium;
import io.headrace.app.report.RunReport;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as its user sees it: in a browser. A picture is left in {@code target/page/}. */
class DemoPageTest {
  private static final Pattern ADDRESS = Pattern.compile("Page: (http://\\S+)");
  private static final int PICTURE_SAMPLES = Integer.getInteger("headrace.picture-samples", 15_000);

  private final StringWriter out = new StringWriter();
  private final AtomicBoolean stop = new AtomicBoolean();

  @TempDir private Path folder;

  @Test
  void showsFlightsBeingLearnedFrom() throws Exception {
    try (var chromium = new InstalledChromium()) {
      chromium.launch();
      var demo = new Demo(CommandLineRun.FLIGHTS, folder, 0, 0, 300_000, 4000, false, null);
      CompletableFuture<RunReport> run =
          CompletableFuture.supplyAsync(() -> demo.run(new PrintWriter(out, true), stop::get));
      Page page =
          chromium
              .browser()
              .newContext(new Browser.NewContextOptions().setViewportSize(1280, 1020))
              .newPage();
      page.navigate(address(run));

      assertThat(page.locator("#job")).hasText("flight-delay");
      String first = page.locator("#trained").innerText();
      assertThat(page.locator("#trained")).not().hasText(first);
      page.waitForFunction(
          "n => Number(document.querySelector('#trained').innerText.replace(/\\D/g, '')) > n",
          PICTURE_SAMPLES,
          new Page.WaitForFunctionOptions().setTimeout(120_000));
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

      stop.set(true);
      RunReport report = run.get(1, TimeUnit.MINUTES);
      assertThat(report.samplesTrained()).isPositive();
      assertThat(report.checkpoint()).isNotNull();
    } finally {
      stop.set(true);
    }
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
