package io.headrace.app.http;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Text of strangers on the page, in a real browser: it is read, and never run. */
@Tag("attack")
class HostilePageTest {
  private static final String IMAGE = "<img src=x onerror=alert(1)>";
  private static final String SCRIPT = "</td></script><script>alert(2)</script>";

  @TempDir private Path folder;

  @Test
  void showsWhatStrangersWroteAsText() {
    var job = new MovingJob();
    job.name = "flights" + IMAGE;
    job.message = SCRIPT;
    job.classes = List.of(IMAGE, SCRIPT + "\"'`&\u202e");
    job.events = List.of(new JobStatus.Event(2, 0, IMAGE, SCRIPT));
    job.checkpoints = Optional.of(folder);
    job.letters = Optional.of(new KeptLetters(folder));
    List<String> ran = new CopyOnWriteArrayList<>();
    try (var chromium = new InstalledChromium()) {
      chromium.launch();
      try (var service = HttpService.start("127.0.0.1", 0, job.served(), Duration.ofMillis(50))) {
        Page page = chromium.open(new Browser.NewContextOptions());
        page.onDialog(
            dialog -> {
              ran.add(dialog.message());
              dialog.dismiss();
            });
        page.onConsoleMessage(message -> ran.add(message.text()));
        page.onPageError(ran::add);
        page.navigate(service.uri().toString());
        assertThat(page.locator("#job")).hasText(job.name);
        assertThat(page.locator("#events")).containsText(SCRIPT);
        assertThat(page.locator("#confusion thead")).containsText(IMAGE);
        assertThat(page.locator("img[src=x]")).hasCount(0);
        assertThat(page.locator("script:not([src])")).hasCount(0);
        chromium.closePages();
      }
    }
    assertThat(ran).as("scripts, and complaints of what was kept from running").isEmpty();
  }
}
