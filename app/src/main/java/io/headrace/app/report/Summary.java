package io.headrace.app.report;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A run's summary in words, for a terminal. Stateless. */
public final class Summary {
  private Summary() {}

  /** Several lines, without a line break at the end. */
  public static String of(RunReport report) {
    var text = new StringBuilder();
    line(
        text,
        "%s: %,d samples trained in %.1f s (%,.0f/s), %,d steps",
        report.job(),
        report.samplesTrained(),
        report.seconds(),
        report.samplesPerSecond(),
        report.steps());
    line(
        text,
        "ledger     read %,d = trained %,d + rejected %,d + filtered %,d",
        report.samplesRead(),
        report.samplesTrained(),
        report.samplesRejected(),
        report.samplesFiltered());
    line(text, "metrics    %s", figures(report.metrics()));
    if (report.test() != null) {
      line(text, "test       %s", figures(report.test()));
    }
    line(text, "baselines  %s", figures(report.baselines()));
    if (report.checkpoint() != null) {
      line(text, "checkpoint %s", report.checkpoint());
    }
    text.append("parameters SHA-256 ").append(report.parametersSha256());
    return text.toString();
  }

  private static String figures(Map<String, Double> values) {
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

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
