package io.headrace.app.http;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Dialog;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import io.headrace.app.access.ApiToken;
import io.headrace.app.access.Role;
import io.headrace.engine.Checkpoint;
import io.headrace.engine.sample.Ledger;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The page in a real browser. Pictures of it are left in {@code target/page/}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PageTest {
  private static final Path PICTURES = Path.of("target", "page");
  private static final List<String> CHARTS =
      List.of(
          "throughput",
          "loss-chart",
          "accuracy-chart",
          "flow",
          "gradient-chart",
          "privacy-chart",
          "reliability");

  /** Words whose contrast is below what WCAG asks for: 4.5, or 3 where they are large. */
  private static final String FAINT =
      """
      () => {
        const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
        const light = (c) => {
          const [r, g, b] = c.slice(0, 3).map((v) => v / 255)
            .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const over = (c, under) => c.length < 4 ? c : [0, 1, 2].map((i) => c[i] * c[3] + under[i] * (1 - c[3]));
        const behind = (e) => e === null ? [255, 255, 255]
          : over(rgb(getComputedStyle(e).backgroundColor), behind(e.parentElement));
        const faint = [];
        for (const e of document.querySelectorAll('body *')) {
          const words = [...e.childNodes].filter((n) => n.nodeType === 3 && n.textContent.trim());
          if (words.length === 0 || !e.checkVisibility() || e.matches('.skip')) continue;
          const style = getComputedStyle(e);
          const size = parseFloat(style.fontSize);
          const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
          const ground = behind(e);
          const [a, b] = [light(over(rgb(style.color), ground)), light(ground)].sort((x, y) => y - x);
          const contrast = (a + 0.05) / (b + 0.05);
          if (contrast < (large ? 3 : 4.5)) faint.push(`${e.tagName} ${words[0].textContent.trim()} ${contrast.toFixed(2)}`);
        }
        return faint;
      }
      """;

  private final InstalledChromium chromium = new InstalledChromium();
  private final List<String> complaints = new CopyOnWriteArrayList<>();
  @TempDir private Path folder;
  private MovingJob job = new MovingJob();
  private HttpService service = serve();

  @BeforeAll
  void launch() {
    chromium.launch();
  }

  @AfterAll
  void quit() {
    chromium.close();
    service.close();
  }

  @BeforeEach
  void startOver() throws IOException {
    service.close();
    job = new MovingJob();
    job.checkpoints = Optional.of(Files.createTempDirectory(folder, "stored"));
    service = serve();
    complaints.clear();
  }

  @AfterEach
  void closePages() {
    chromium.closePages();
  }

  @Test
  void showsTheJobAndMovingNumbers() {
    Page page = open(1280, 900, ColorScheme.LIGHT);

    assertThat(page.locator("#job")).hasText("flight-delay");
    assertThat(page.locator("#state")).hasText("running");
    assertThat(page.locator("#loss")).hasText(Pattern.compile("0\\.\\d{4}"));
    assertThat(page.locator("#accuracy")).hasText(Pattern.compile("\\d\\d\\.\\d\\d\u202f%"));
    String first = page.locator("#trained").innerText();
    assertThat(page.locator("#trained")).not().hasText(first);
    assertThat(complaints).isEmpty();
  }

  @Test
  void ledgerOnThePageAddsUp() {
    Page page = open(1280, 900, ColorScheme.LIGHT);

    assertThat(page.locator("#balance")).hasText("✓ adds up");
    List<String> parts = page.locator(".equation dd").allInnerTexts();
    List<Long> numbers =
        parts.stream().map(part -> Long.valueOf(part.replace("\u202f", ""))).toList();
    assertThat(numbers).hasSize(5);
    assertThat(numbers.getFirst()).isEqualTo(numbers.stream().skip(1).mapToLong(n -> n).sum());
  }

  @Test
  void showsStepsConfusionPredictionsEventsAndCheckpoints() {
    var store = DirectoryCheckpointStore.forWriting(job.checkpoints.orElseThrow(), 9);
    store.write(
        new Checkpoint(
            "flight-delay", "spec", 7, 0, Ledger.EMPTY, new TreeMap<>(), new TreeMap<>()));
    job.events =
        List.of(
            new JobStatus.Event(
                3,
                60_000,
                "drift",
                "The loss rose.",
                new JobStatus.Drift("loss", 0.25, 0.5, 0.375, 2_048)),
            new JobStatus.Event(2, 0, "diverged", "<b>The loss</b> is no number."));
    Page page = open(1280, 900, ColorScheme.LIGHT);
    assertThat(page.locator("#steps")).containsText("Waits for a batch0.110\u202fms · 21\u202f%");
    assertThat(page.locator("#steps")).containsText("Begins checkpoints0.006\u202fms · 1\u202f%");
    assertThat(page.locator("#steps")).containsText("Decodes, on its own threads0.190\u202fms");
    assertThat(page.locator("#steps")).containsText("Gradient norm1.");
    assertThat(page.locator("#steps")).containsText("Learning rate0.05");
    assertThat(page.locator("#confusion thead")).containsText("on-timelate");
    assertThat(page.locator("#confusion tbody tr").nth(1)).hasText("late1\u202f200810");
    assertThat(page.locator("#reliability"))
        .hasAttribute(
            "aria-label", Pattern.compile("predicted 65.00\u202f%, came true 65.86\u202f%"));
    assertThat(page.locator("#reliability-total")).hasText("0.0100");
    assertThat(page.locator("#predictions")).containsText("Steps behind training640");
    assertThat(page.locator("#events")).containsText("diverged<b>The loss</b> is no number.");
    assertThat(page.locator("#drifts tbody tr")).hasCount(1);
    assertThat(page.locator("#drifts tbody tr")).containsText("loss0.250.50.3752\u202f048");
    assertThat(page.locator("#time-line li")).hasCount(2);
    assertThat(page.locator("#time-line li").first()).hasAttribute("data-kind", "drift");
    assertThat(page.locator("#stored tbody tr")).containsText("checkpoint-000000000007");
    page.locator("#events").focus();
    assertThat(page.locator("#events")).isFocused();

    page.reload();
    assertThat(page.locator("#drifts tbody tr")).hasCount(1);
    assertThat(page.locator("#events")).containsText("diverged");
    assertThat(complaints).isEmpty();
  }

  @Test
  void leadsFromEachJobToTheOthersAndStopsAndStartsThem() {
    var second = new MovingJob();
    second.name = "ctr";
    second.checkpoints = job.checkpoints;
    second.state = JobState.FAILED;
    second.message = "The loss is no number.";
    service.close();
    service =
        HttpService.start(
            new Exposure("127.0.0.1", 0, Optional.empty(), false),
            () -> List.of(job.served(), second.served()),
            Duration.ofMillis(40),
            InstantSource.system());
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      Page narrow = open(400, 850, scheme);
      assertThat(narrow.locator("#jobs a")).hasCount(2);
      assertThat(narrow.locator("#rate")).not().hasText("–");
      assertThat(narrow.evaluate("document.documentElement.scrollWidth")).isEqualTo(400);
      picture(narrow, "jobs-400-" + scheme.name().toLowerCase(Locale.ROOT));
    }
    Page page = open(1280, 900, ColorScheme.LIGHT);
    assertThat(page.locator("#job")).hasText("flight-delay");
    assertThat(page.locator("#jobs a").first()).hasAttribute("aria-current", "page");
    picture(page, "jobs-1280-light");

    page.locator("#jobs a").nth(1).focus();
    page.keyboard().press("Enter");
    assertThat(page.locator("#job")).hasText("ctr");
    assertThat(page.locator("#message")).hasText("The loss is no number.");
    assertThat(page.locator("#jobs a").nth(1)).hasAttribute("aria-current", "page");
    assertThat(page.locator("#status-json")).hasAttribute("href", "/api/v1/jobs/ctr/status");
    assertThat(page.locator("#pause")).isHidden();

    page.goBack();
    assertThat(page.locator("#job")).hasText("flight-delay");
    page.onceDialog(Dialog::dismiss);
    page.locator("#stop").click();
    assertThat(page.locator("#state")).hasText("running");
    page.onceDialog(Dialog::accept);
    page.locator("#stop").click();
    assertThat(page.locator("#state")).hasText("stopped");
    assertThat(page.locator("#jobs a").first()).containsText("stopped");
    page.locator("#start").click();
    assertThat(page.locator("#state")).hasText("running");
    assertThat(complaints).isEmpty();
  }

  @Test
  void showsTheLatestRejectedRecordsAsTextOnly() throws IOException {
    job.letters = Optional.of(new KeptLetters(Files.createTempDirectory(folder, "letters")));
    Page page = open(1280, 900, ColorScheme.LIGHT);
    assertThat(page.locator("#rejected li")).hasCount(3);
    assertThat(page.locator("#rejected li").first()).hasText("flights/0/8 malformedis no flight");
    assertThat(complaints).isEmpty();
  }

  @Test
  void saysBesideTheLedgerWhatWasLost() {
    Page page = open(1280, 900, ColorScheme.LIGHT);

    assertThat(page.locator("#lost")).hasText("1\u202f234 lost before they were read");
    assertThat(page.locator("#partitions tbody tr").first().locator("td").nth(4))
        .hasText("1\u202f234");
  }

  @ParameterizedTest
  @EnumSource(
      value = ColorScheme.class,
      names = {"LIGHT", "DARK"})
  void drawsEveryChartInEachColorScheme(ColorScheme scheme) {
    Page page = open(1280, 900, scheme);
    awaitPoints(page, 60);

    for (String chart : CHARTS) {
      assertThat(painted(page, chart)).as("painted pixels of " + chart).isGreaterThan(500);
    }
    Object background = page.evaluate("getComputedStyle(document.body).backgroundColor");
    assertThat(background)
        .isEqualTo(scheme == ColorScheme.DARK ? "rgb(15, 21, 27)" : "rgb(244, 246, 248)");
    assertThat((List<?>) page.evaluate(FAINT)).as("text that is hard to read").isEmpty();
    picture(page, "1280-" + scheme.name().toLowerCase(Locale.ROOT));
    assertThat(complaints).isEmpty();
  }

  @Test
  void theKeyboardReachesAllThatCanBeUsedInTheOrderOfThePage() {
    Page page = open(1280, 900, ColorScheme.LIGHT);
    awaitPoints(page, 30);
    List<String> reached = new ArrayList<>();
    Object here = "";
    do {
      page.keyboard().press("Tab");
      here =
          page.evaluate(
              """
              () => {
                const all = [...document.querySelectorAll('a[href], button, input, [tabindex="0"]')]
                  .filter((e) => e.checkVisibility());
                return String(all.indexOf(document.activeElement));
              }
              """);
      reached.add(here.toString());
    } while (!here.equals("-1") && reached.size() < 200);
    reached.removeLast();
    assertThat(reached).hasSizeGreaterThan(10);
    assertThat(reached)
        .isEqualTo(IntStream.range(0, reached.size()).mapToObj(Integer::toString).toList());
    assertThat(page.locator("a[href]:visible, button:visible, [tabindex='0']:visible"))
        .hasCount(reached.size());
  }

  @ParameterizedTest
  @CsvSource({"1280, LIGHT", "400, DARK"})
  void saysWhatAnEmptyPanelWaitsForAndDrawsNoAxisWithoutData(int width, ColorScheme scheme) {
    job.beginning = true;
    service.close();
    service = serve(); // whose history is of this beginning alone
    Page page = open(width, 900, scheme);
    String awaited = "The first window of 10\u202f000 samples is not full yet: 2\u202f311.";

    for (String chart : List.of("loss-chart", "accuracy-chart")) {
      assertThat(page.locator("#" + chart + " .note")).hasText(awaited);
      assertThat(page.locator("#" + chart + " .plot"))
          .hasAttribute("aria-label", Pattern.compile(": " + awaited + "$"));
      assertThat(axes(page, chart)).hasCount(1);
    }
    assertThat(page.locator("#metrics-note")).hasText(awaited);
    assertThat(page.locator("#metrics")).isHidden();
    assertThat(axes(page, "flow")).hasCount(2);
    assertThat(axes(page, "gradient-chart")).hasCount(2);
    assertThat((List<?>) page.evaluate(FAINT)).as("text that is hard to read").isEmpty();
    assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(width);
    picture(page, "beginning-" + width);

    job.state = JobState.FINISHED;
    assertThat(page.locator("#metrics-note"))
        .containsText("the job ended before its first window of 10\u202f000 samples was full");

    job.state = JobState.RUNNING;
    job.beginning = false;
    assertThat(page.locator("#metrics")).isVisible();
    assertThat(page.locator("#metrics-note")).isHidden();
    assertThat(page.locator("#loss-chart .note")).isHidden();
    assertThat(axes(page, "loss-chart")).hasCount(2);
    assertThat(axes(page, "flow")).hasCount(3);
    assertThat(axes(page, "gradient-chart")).hasCount(3);
    assertThat(complaints).isEmpty();
  }

  @Test
  void drawsValidationOnceThereIsOne() {
    Page page = open(1280, 900, ColorScheme.LIGHT);
    awaitPoints(page, 30);
    assertThat(page.locator("#validation-chart")).isHidden();

    job.validated = true;

    assertThat(page.locator("#validation-chart")).isVisible();
    awaitPoints(page, 90);
    assertThat(painted(page, "validation-chart")).as("painted pixels").isGreaterThan(500);
    assertThat(page.locator("#validation-chart .plot"))
        .hasAttribute(
            "aria-label",
            Pattern.compile(
                "Validation: loss 0\\.\\d{4}, loss in training 0\\.\\d{4},"
                    + " accuracy \\d\\d\\.\\d\\d\u202f%"));
    page.setViewportSize(400, 850);
    assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(400);
    page.setViewportSize(1280, 900);
    picture(page, "validation");
    assertThat(complaints).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {360, 400, 768, 1024, 1280})
  void fitsTheWidthWithoutScrollingSideways(int width) {
    Page page = open(width, 850, ColorScheme.LIGHT);
    awaitPoints(page, 30);

    assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(width);
    picture(page, "width-" + width);
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
    picture(page, "width-" + width + "-dark");
  }

  @Test
  void hasRoomForManyPartitionsAndForFiguresOfMonths() {
    job.partitionCount = 30;
    job.ran(Duration.ofDays(200));
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      for (int width : List.of(400, 1280)) {
        Page page = open(width, 850, scheme);
        assertThat(page.locator("#partitions tbody tr")).hasCount(30);
        assertThat(page.locator("#uptime")).hasText(Pattern.compile("200\u202fd .*"));
        assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(width);
        Object height =
            page.evaluate("document.getElementById('partitions').parentElement.clientHeight");
        assertThat(((Number) height).intValue()).isBetween(200, 450);
        picture(page, "months-" + width + "-" + scheme.name().toLowerCase(Locale.ROOT));
      }
    }
    assertThat(complaints).isEmpty();
  }

  @Test
  void keepsItsLayoutWhileNumbersMove() {
    Page page = open(1280, 900, ColorScheme.LIGHT);
    awaitPoints(page, 25);
    String places =
        "[...document.querySelectorAll('.tile, .panel')].map(e => JSON.stringify(e.getBoundingClientRect())).join()";
    Object before = page.evaluate(places);
    String first = page.locator("#trained").innerText();
    assertThat(page.locator("#trained")).not().hasText(first);

    assertThat(page.evaluate(places)).isEqualTo(before);
  }

  @Test
  void drawsAgainWhenTheColorSchemeChanges() {
    Page page = open(1280, 900, ColorScheme.LIGHT);
    awaitPoints(page, 30);

    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));

    awaitPoints(page, 40);
    assertThat(painted(page, "throughput")).isGreaterThan(500);
    assertThat(complaints).isEmpty();
  }

  @Test
  void saysThatTheConnectionIsLostAndComesBackByItself() throws InterruptedException {
    Page page = open(1280, 900, ColorScheme.LIGHT);
    assertThat(page.locator("#job")).hasText("flight-delay");
    assertThat(page.locator("#banner")).isHidden();
    int port = service.uri().getPort();

    service.close();

    assertThat(page.locator("#banner")).isVisible();
    assertThat(page.locator("#banner")).containsText("Connection lost");
    picture(page, "connection-lost");

    service = MovingJob.serveAgain(port, job);
    assertThat(page.locator("#banner")).isHidden();
    String first = page.locator("#trained").innerText();
    assertThat(page.locator("#trained")).not().hasText(first);
  }

  @Test
  void showsWhyAJobFailed() {
    job.state = JobState.FAILED;
    job.message = "The loss is not a number at step 1200.";
    Page page = open(1280, 900, ColorScheme.LIGHT);

    assertThat(page.locator("#state")).hasText("failed");
    assertThat(page.locator("#message")).hasText("The loss is not a number at step 1200.");
  }

  @Test
  void showsWhyAJobIsPausedAndResumesIt() {
    job.state = JobState.PAUSED;
    job.message = "6,000 of the latest 10,000 records were rejected.";
    Page page = open(1280, 900, ColorScheme.LIGHT);

    assertThat(page.locator("#state")).hasText("paused");
    assertThat(page.locator("#message")).containsText("6,000 of the latest 10,000 records");
    assertThat(page.locator("#resume")).isVisible();
    picture(page, "paused");

    page.locator("#resume").click();

    assertThat(page.locator("#state")).hasText("running");
    assertThat(page.locator("#message")).isHidden();
    assertThat(page.locator("#resume")).isHidden();
    assertThat(complaints).isEmpty();
  }

  @Test
  void pausesResumesAndSaysWhatCameOfACheckpoint() {
    job.stored = List.of(new CheckpointStore.Entry("checkpoint-000000000007.safetensors", 7, 1, 9));
    job.checkpoints = Optional.of(PICTURES);
    service.close();
    service = serve();
    Page page = open(400, 850, ColorScheme.LIGHT);
    assertThat(page.locator("#pause")).isVisible();
    assertThat(page.locator("#resume")).isHidden();

    page.locator("#pause").focus();
    page.keyboard().press("Enter");

    assertThat(page.locator("#state")).hasText("paused");
    assertThat(page.locator("#pause")).isHidden();
    page.locator("#checkpoint-now").click();
    assertThat(page.locator("#answer")).hasText("Written: checkpoint-000000000007.safetensors");
    assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(400);
    page.locator("#resume").click();
    assertThat(page.locator("#state")).hasText("running");
    assertThat(complaints).isEmpty();

    job.diskFull = true;
    page.locator("#checkpoint-now").click();
    assertThat(page.locator("#answer")).containsText("No space left");
  }

  @Test
  void takesAJobBackToACheckpointOnceThatIsConfirmed() {
    var store = DirectoryCheckpointStore.forWriting(job.checkpoints.orElseThrow(), 9);
    for (long step : List.of(3L, 7L)) {
      store.write(
          new Checkpoint(
              "flight-delay", "spec", step, 0, Ledger.EMPTY, new TreeMap<>(), new TreeMap<>()));
    }
    String first = store.list().getFirst().name();
    Page page = open(400, 850, ColorScheme.DARK);
    Locator button = page.getByLabel("Restore " + first);
    button.focus();
    page.keyboard().press("Enter");
    assertThat(page.locator("#restore")).isVisible();
    assertThat(page.locator("#restore-name")).hasText(first + " (step 3)");
    assertThat(page.locator("#restore-no")).isFocused();
    picture(page, "restore");
    page.keyboard().press("Enter");
    assertThat(page.locator("#restore")).isHidden();
    assertThat(job.restored).isEmpty();

    button.click();
    page.locator("#restore-yes").click();
    assertThat(page.locator("#answer")).hasText("Taken back to " + first);
    assertThat(job.restored).isEqualTo(first);
    assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(400);

    job.refusal = "It was made by a job that learned something else.";
    button.click();
    page.locator("#restore-yes").click();
    assertThat(page.locator("#answer")).containsText("learned something else");
    job.state = JobState.FINISHED;
    assertThat(button).isHidden();
  }

  @Test
  void showsTheJobsTextAsTextOnly() {
    job.name = "<img src=x onerror=alert(1)>";
    Page page = open(1280, 900, ColorScheme.LIGHT);

    assertThat(page.locator("#job")).hasText("<img src=x onerror=alert(1)>");
    assertThat(page.locator("#job img")).hasCount(0);
    assertThat(complaints).isEmpty();
  }

  @Test
  void readsAChartWithTheKeyboard() {
    Page page = open(1280, 900, ColorScheme.LIGHT);
    awaitPoints(page, 30);

    page.locator("#throughput .plot").focus();
    for (int i = 0; i < 10; i++) {
      page.keyboard().press("ArrowLeft");
    }

    assertThat(page.locator("#throughput .plot"))
        .hasAttribute("aria-label", Pattern.compile("Throughput: trained \\d\\d\u202f\\d\\d\\d"));
    assertThat(
            page.evaluate(
                "document.querySelector('#throughput .u-cursor-x').classList.contains('u-off')"))
        .isEqualTo(false);
  }

  @Test
  void signsInAsAViewerWithoutButtonsAndAsAnOperatorWithThem(@TempDir Path folder) {
    try (var secured = new SecuredService(folder, job)) {
      service.close();
      service = secured.service;
      Page page = open(1280, 900, ColorScheme.LIGHT);
      assertThat(page.locator("#state")).hasText("signed out");
      assertThat(page.locator("#job")).hasText("Headrace");
      picture(page, "sign-in");

      ApiToken.Made viewer = secured.token("Vera", Role.VIEWER, Duration.ofDays(1));
      signIn(page, viewer.secret());
      assertThat(page.locator("#who")).hasText("Vera");
      assertThat(page.locator("#job")).hasText("flight-delay");
      assertThat(page.locator("#state")).hasText("running");
      assertThat(page.locator("#pause")).isHidden();
      assertThat(page.locator("#checkpoint-now")).isHidden();
      assertThat(page.locator("#stored")).not().hasClass("operable");
      picture(page, "viewer");
      assertThat(page.evaluate("document.cookie")).isEqualTo("");
      assertThat(complaints).isEmpty();

      secured.tokens.revoke(viewer.token().id());
      assertThat(page.locator("#sign-in")).isVisible();

      signIn(page, secured.secret(Role.OPERATOR));
      assertThat(page.locator("#pause")).isVisible();
      page.locator("#pause").click();
      assertThat(page.locator("#state")).hasText("paused");

      page.locator("#sign-out").click();
      assertThat(page.locator("#state")).hasText("signed out");
      assertThat(page.locator("#resume")).isHidden();
    }
  }

  @Test
  void saysWhenATokenIsNone(@TempDir Path folder) {
    try (var secured = new SecuredService(folder, job)) {
      service.close();
      service = secured.service;
      Page page = open(400, 850, ColorScheme.DARK);
      signIn(page, "none");
      assertThat(page.locator("#sign-answer")).containsText("headrace tokens create");
      assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(400);
      picture(page, "sign-in-refused");
    }
  }

  private static void signIn(Page page, String secret) {
    page.locator("#token").fill(secret);
    page.keyboard().press("Enter");
  }

  private HttpService serve() {
    return HttpService.start("127.0.0.1", 0, job.served(), Duration.ofMillis(40));
  }

  private Page open(int width, int height, ColorScheme scheme) {
    Page page =
        chromium.open(
            new Browser.NewContextOptions()
                .setViewportSize(width, height)
                .setColorScheme(scheme)
                .setReducedMotion(ReducedMotion.REDUCE));
    page.onPageError(complaints::add);
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error") || message.type().equals("warning")) {
            complaints.add(message.text());
          }
        });
    page.navigate(service.uri().toString());
    return page;
  }

  private static void awaitPoints(Page page, int ticks) {
    page.waitForFunction(
        "ticks => Number(document.getElementById('step').textContent.replace(/\\D/g, '')) > ticks * 1281",
        ticks);
  }

  private static Locator axes(Page page, String chart) {
    return page.locator("#" + chart + " .u-axis:not(.u-off)");
  }

  /** How many pixels of a chart's canvas are strongly visible. */
  private static int painted(Page page, String chart) {
    Object pixels =
        page.evaluate(
            """
            id => {
              const canvas = document.querySelector('#' + id + ' canvas');
              const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
              let painted = 0;
              for (let i = 3; i < data.length; i += 4) if (data[i] > 200) painted++;
              return painted;
            }
            """,
            chart);
    return ((Number) pixels).intValue();
  }

  private static void picture(Page page, String name) {
    page.screenshot(
        new Page.ScreenshotOptions().setPath(PICTURES.resolve(name + ".png")).setFullPage(true));
  }
}
