package io.headrace.app.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.headrace.engine.TrainingMetrics;
import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The summary of a run as {@code --report} writes it. Immutable. Counts cover the model's whole
 * life, runs before a resume included; seconds and samples a second cover this run. Fractions are 0
 * to 1.
 *
 * @param loss prequential mean loss over all samples
 * @param metrics prequential metrics over all samples
 * @param test how the model does on the job's test source; absent without one
 * @param checkpoint name of the last checkpoint; absent if none was written
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunReport(
    String job,
    long samplesRead,
    long samplesTrained,
    long samplesRejected,
    long samplesFiltered,
    double seconds,
    double samplesPerSecond,
    long steps,
    @Nullable Double loss,
    SortedMap<String, Double> metrics,
    @Nullable TestReport test,
    SortedMap<String, Double> baselines,
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
      @Nullable TestReport test,
      @Nullable String checkpoint,
      String parametersSha256) {
    var ledger = last.ledger();
    return new RunReport(
        last.job(),
        ledger.read(),
        ledger.trained(),
        ledger.rejected(),
        ledger.filtered(),
        seconds,
        seconds > 0 ? trainedHere / seconds : 0,
        last.step(),
        last.total().get("loss"),
        new TreeMap<>(last.total()),
        test,
        new TreeMap<>(last.baselines()),
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
