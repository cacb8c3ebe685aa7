package io.headrace.app.report;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.headrace.engine.metric.Calibration;
import io.headrace.pipeline.job.HeldOut;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;

/**
 * How a model does on samples it never learned from, as reports have it. Immutable.
 *
 * @param metrics stand beside the other fields: {@code accuracy}, {@code loss}, ...
 * @param classes names of the classes, in the order of {@code confusion}; empty for numbers
 * @param confusion a row for each true class, in it a count for each predicted class
 * @param calibration how often what was predicted came true, by its probability
 */
public record TestReport(
    long samples,
    long rejected,
    @JsonAnyGetter SortedMap<String, Double> metrics,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> classes,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<List<Long>> confusion,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Calibration.Bin> calibration) {

  public static TestReport of(HeldOut.Scores scores) {
    List<List<Long>> rows = new ArrayList<>();
    int width = scores.classes().size();
    for (int from = 0; from < scores.confusion().size(); from += width) {
      rows.add(List.copyOf(scores.confusion().subList(from, from + width)));
    }
    return new TestReport(
        scores.samples(),
        scores.rejected(),
        scores.total(),
        scores.classes(),
        rows,
        scores.calibration());
  }

  /** In words: {@code accuracy 0.7123, loss 0.8021 on 10,000 samples}. */
  public String text() {
    String rejections = rejected == 0 ? "" : String.format(Locale.ROOT, ", %,d rejected", rejected);
    return String.format(
        Locale.ROOT, "%s on %,d samples%s", Summary.figures(metrics), samples, rejections);
  }

  /** The confusion matrix for a terminal; empty if it is too large for one, or there is none. */
  public String confusionTable() {
    return confusion.isEmpty() || classes.size() > ConfusionTable.MOST_CLASSES
        ? ""
        : ConfusionTable.text(classes, confusion);
  }
}
