package io.headrace.app.http;

import static java.util.Objects.requireNonNull;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * The Chromium of this machine, driven by tests. A test run without one skips what needs it. Used
 * by one thread.
 */
public final class InstalledChromium implements AutoCloseable {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome");

  /** Of whatever is waited for. Generous, as no test asks how fast a busy machine is. */
  private static final double PATIENCE_MILLIS = 120_000;

  private static final List<String> ARGUMENTS =
      List.of(
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync");

  private @Nullable Playwright playwright;
  private @Nullable Browser browser;

  /** Starts it, or gives up the calling tests where there is none. */
  public void launch() {
    Optional<Path> program = find();
    Assumptions.assumeTrue(
        program.isPresent(),
        "No Chromium found: install it (apt-get install chromium) or name it in HEADRACE_CHROMIUM to test the page.");
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(program.orElseThrow())
                    .setTimeout(PATIENCE_MILLIS)
                    .setArgs(ARGUMENTS));
  }

  /** A page in a window of its own. */
  public Page open(Browser.NewContextOptions window) {
    BrowserContext context = browser().newContext(window);
    context.setDefaultTimeout(PATIENCE_MILLIS);
    return context.newPage();
  }

  public void closePages() {
    List.copyOf(browser().contexts()).forEach(BrowserContext::close);
  }

  @Override
  public void close() {
    if (playwright != null) {
      playwright.close();
    }
  }

  private Browser browser() {
    return requireNonNull(browser, "launch() comes first");
  }

  private static Optional<Path> find() {
    String named = System.getenv("HEADRACE_CHROMIUM");
    if (named != null) {
      return Optional.of(Path.of(named));
    }
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .flatMap(directory -> NAMES.stream().map(name -> Path.of(directory, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
