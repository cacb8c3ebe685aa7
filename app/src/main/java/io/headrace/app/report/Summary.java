package io.headrace.app.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A run's summary in words, for a terminal. Stateless. */
public final class Summary {
  private Summary() {}

  /** Several lines, without a line break at the end. */
  public static String of(RunReport report) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%s: %,d samples trained in %.1f s (%,.0f/s), %,d steps",
            report.job(),
            report.samplesTrained(),
            report.seconds(),
            report.samplesPerSecond(),
            report.steps()));
    lines.add(
        String.format(
            Locale.ROOT,
            "ledger     read %,d = trained %,d + rejected %,d + filtered %,d%s",
            report.samplesRead(),
            report.samplesTrained(),
            report.samplesRejected(),
            report.samplesFiltered(),
            lost(report.samplesLost())));
    lines.add("metrics    " + figures(report.metrics()));
    if (report.validation() != null) {
      lines.add("validation " + report.validation().text());
    }
    if (report.test() != null) {
      lines.add("test       " + report.test().text());
      if (!report.test().confusionTable().isEmpty()) {
        lines.add(report.test().confusionTable());
      }
    }
    lines.add("baselines  " + figures(report.baselines()));
    if (report.privacy() != null) {
      lines.add("privacy    " + report.privacy().text());
    }
    if (report.eventsConflated() + report.eventsUndelivered() > 0) {
      lines.add(
          String.format(
              Locale.ROOT,
              "events     %,d left out for newer ones, %,d not taken: a sink was slow or away",
              report.eventsConflated(),
              report.eventsUndelivered()));
    }
    if (report.checkpoint() != null) {
      lines.add("checkpoint " + report.checkpoint());
    }
    lines.add("parameters SHA-256 " + report.parametersSha256());
    return String.join("\n", lines);
  }

  /** What a ledger in words ends with: nothing if nothing was lost. */
  public static String lost(long positions) {
    return positions == 0 ? "" : String.format(Locale.ROOT, "; lost %,d", positions);
  }

  /** Named figures in a line, four digits behind the point. */
  public static String figures(Map<String, Double> values) {
    var text = new StringBuilder();
    new TreeMap<>(values)
        .forEach(
            (name, value) ->
                text.append(text.isEmpty() ? "" : ", ")
                    .append(name)
                    .append(' ')
                    .append(String.format(Locale.ROOT, "%.4f", value)));
    return text.toString();
  }
}
