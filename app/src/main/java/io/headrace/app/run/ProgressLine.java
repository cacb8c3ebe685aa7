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

  private final PrintWriter out;
  private final boolean inPlace;
  private final boolean coloured;
  private int turns;
  private int width;

  /**
   * @param terminal whether {@code out} is a terminal
   */
  public ProgressLine(PrintWriter out, boolean terminal) {
    this(out, terminal, terminal && Ink.isWanted());
  }

  ProgressLine(PrintWriter out, boolean terminal, boolean coloured) {
    this.out = out;
    this.coloured = coloured;
    this.inPlace = terminal;
  }

  /** Shows {@code status}; call it about once a second. */
  public void show(JobStatus status) {
    turns++;
    String line = text(status);
    if (inPlace) {
      String shown = coloured ? Ink.on(line) : line;
      out.print("\r" + shown + " ".repeat(Math.max(0, width - line.length())));
      width = line.length();
    } else if (turns % PLAIN_EVERY == 1) {
      out.println(line);
    }
    out.flush();
  }

  /** Prints {@code text}, on lines of its own, where the line stands. */
  void say(String text) {
    if (inPlace && width > 0) {
      out.print("\r" + " ".repeat(width) + "\r");
      width = 0;
    }
    out.println(text);
    out.flush();
  }

  /** Ends the line, so that what is printed next stands below it. */
  public void end() {
    if (inPlace && width > 0) {
      out.println();
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
    if (status.job().state() == JobState.PAUSED) {
      text.append("  PAUSED");
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
