package io.headrace.app.run;

import io.headrace.app.http.JobState;
import io.headrace.app.http.JobStatus;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * One line on a run's progress: redrawn in place on a terminal, a new line now and then in a pipe.
 * Not thread-safe.
 */
public final class ProgressLine {
  private static final int PLAIN_EVERY = 10;

  /** What is too wide for the terminal is cut instead of wrapped, however wide that is by now. */
  private static final String CUT = "\r\u001b[?7l";

  /** Clears the rest, and leaves room for the terminal's {@code ^C} without wrapping. */
  private static final String CUT_END = "   \u001b[K\u001b[?7h\u001b[2D";

  private static final String CLEAR = "\r\u001b[K";

  private final PrintWriter out;
  private final boolean inPlace;
  private final boolean coloured;
  private int turns;
  private String shown = "";

  /**
   * @param terminal whether {@code out} is a terminal
   */
  public ProgressLine(PrintWriter out, boolean terminal) {
    this(out, terminal && Ink.isPossible(), Ink.isWanted());
  }

  ProgressLine(PrintWriter out, boolean inPlace, boolean coloured) {
    this.out = out;
    this.inPlace = inPlace;
    this.coloured = coloured;
  }

  /** Shows {@code status}; call it about once a second. */
  public void show(JobStatus status) {
    turns++;
    String line = text(status);
    if (inPlace) {
      shown = CUT + (coloured ? Ink.on(line) : line) + CUT_END;
      out.print(shown);
    } else if (turns % PLAIN_EVERY == 1) {
      out.println(line);
    }
    out.flush();
  }

  /** Prints {@code text}, on lines of its own, where the line stands. */
  void say(String text) {
    if (!shown.isEmpty()) {
      out.print(CLEAR);
      shown = "";
    }
    out.println(text);
    out.flush();
  }

  /** Ends the line, so that what is printed next stands below it, and no {@code ^C} in it. */
  public void end() {
    if (!shown.isEmpty()) {
      out.println(shown);
      out.flush();
    }
  }

  /** The line itself, without colours. */
  public static String text(JobStatus status) {
    var text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s  %,d samples  %,.0f/s",
            status.job().name(),
            status.ledger().trained(),
            status.progress().samplesPerSecond()));
    if (status.job().state() == JobState.PAUSED) {
      text.append("  PAUSED");
    }
    SortedMap<String, Double> window = status.metrics().window();
    SortedMap<String, Double> baselines = status.metrics().baselines();
    append(text, "loss", window.get("loss"));
    append(text, "accuracy", window.get("accuracy"));
    append(text, "baseline", baselines.get("majorityClassAccuracy"));
    append(text, "auc", window.get("auc"));
    SortedMap<String, Double> validation = status.metrics().validation();
    append(text, "validation loss", validation.get("loss"));
    append(text, "validation accuracy", validation.get("accuracy"));
    Long lag = lag(status);
    if (lag != null) {
      text.append(String.format(Locale.ROOT, "  lag %,d", lag));
    }
    if (status.ledger().rejected() > 0) {
      text.append(String.format(Locale.ROOT, "  rejected %,d", status.ledger().rejected()));
    }
    return text.toString();
  }

  private static void append(StringBuilder text, String name, @Nullable Double value) {
    if (value != null) {
      text.append(String.format(Locale.ROOT, "  %s %.4f", name, value));
    }
  }

  private static @Nullable Long lag(JobStatus status) {
    Long sum = null;
    for (JobStatus.Partition partition : status.partitions()) {
      if (partition.lagRecords() != null) {
        sum = (sum == null ? 0 : sum) + partition.lagRecords();
      }
    }
    return sum;
  }
}
