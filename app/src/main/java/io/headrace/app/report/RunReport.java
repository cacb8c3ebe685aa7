package io.headrace.app.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.headrace.engine.TrainingMetrics;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.metric.Calibration;
import io.headrace.pipeline.RunPace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The summary of a run as {@code --report} writes it. Immutable. Counts cover the model's whole
 * life, runs before a resume included; seconds and samples a second cover this run. Fractions are 0
 * to 1.
 *
 * @param samplesLost positions gone from the source before they were read
 * @param secondsToSteadySpeed from the start to the first metrics window whose rate is within 10 %
 *     of the median rate of the run's second half; absent in short runs
 * @param epochSeconds what this run spent in each epoch that it ended
 * @param loss prequential mean loss over all samples
 * @param metrics prequential metrics over all samples
 * @param calibration how often what was predicted came true over all samples, by its probability;
 *     absent for numbers
 * @param validation the last look at the job's held-out samples; absent without one
 * @param test how the model does on the job's test source; absent without one
 * @param privacy what was spent of the samples' privacy; absent where nothing bounds that
 * @param eventsConflated events that a slow sink never saw, because newer ones took their place
 * @param eventsUndelivered events that a sink failed to take
 * @param checkpoint name of the last checkpoint; absent if none was written
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunReport(
    String job,
    long samplesRead,
    long samplesTrained,
    long samplesRejected,
    long samplesFiltered,
    long samplesLost,
    double seconds,
    double samplesPerSecond,
    @Nullable Double secondsToSteadySpeed,
    List<Double> epochSeconds,
    long steps,
    @Nullable Double loss,
    SortedMap<String, Double> metrics,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Calibration.Bin> calibration,
    @Nullable ValidationReport validation,
    @Nullable TestReport test,
    SortedMap<String, Double> baselines,
    @Nullable PrivacyReport privacy,
    long eventsConflated,
    long eventsUndelivered,
    @Nullable String checkpoint,
    String parametersSha256) {

  /**
   * The report of a run that has ended.
   *
   * @param last metrics taken at the end
   * @param trainedHere samples trained by this run alone
   */
  public static RunReport of(
      TrainingMetrics last,
      long trainedHere,
      double seconds,
      RunPace pace,
      @Nullable ValidationReport validation,
      @Nullable TestReport test,
      long eventsConflated,
      long eventsUndelivered,
      @Nullable String checkpoint,
      String parametersSha256) {
    var ledger = last.ledger();
    return new RunReport(
        last.job(),
        ledger.read(),
        ledger.trained(),
        ledger.rejected(),
        ledger.filtered(),
        ledger.lost(),
        seconds,
        seconds > 0 ? trainedHere / seconds : 0,
        pace.secondsToSteadySpeed().isPresent() ? pace.secondsToSteadySpeed().getAsDouble() : null,
        pace.epochSeconds(),
        last.step(),
        last.total().get("loss"),
        new TreeMap<>(last.total()),
        last.calibration().total(),
        validation,
        test,
        new TreeMap<>(last.baselines()),
        last.privacy().map(PrivacyReport::of).orElse(null),
        eventsConflated,
        eventsUndelivered,
        checkpoint,
        parametersSha256);
  }

  /**
   * Writes the report as JSON.
   *
   * @throws HeadraceException if the file cannot be written
   */
  public void write(Path file) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      var mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
      Files.writeString(file, mapper.writeValueAsString(this) + "\n");
    } catch (IOException e) {
      throw new HeadraceException(
          "The report cannot be written to %s: %s. Name a file in a writable folder."
              .formatted(file, e.getMessage()),
          e);
    }
  }
}
