package io.headrace.sink.file;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.engine.TrainEvent;
import io.headrace.engine.TrainEvent.Alert;
import io.headrace.engine.TrainEvent.CheckpointWritten;
import io.headrace.engine.TrainEvent.Drifted;
import io.headrace.engine.TrainEvent.MetricsTaken;
import io.headrace.engine.TrainEvent.Validated;
import io.headrace.engine.TrainingMetrics;
import io.headrace.engine.ValidationScores;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.metric.Drift;
import io.headrace.engine.privacy.PrivacySpent;
import io.headrace.sink.EventSink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Appends each event to a file as one line of JSON whose {@code event} says what it is: {@code
 * metrics}, {@code validation}, {@code checkpoint}, {@code drift} or {@code alert}. Not
 * thread-safe. A line is written at once; one that a crash has torn is ended before the next.
 */
public final class JsonLinesEventSink implements EventSink {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final FileChannel channel;

  /**
   * Opens or creates the file, and its directories.
   *
   * @throws HeadraceException if it cannot be written to
   */
  public JsonLinesEventSink(Path file) {
    this.file = file;
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      endTornLine();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private void endTornLine() throws IOException {
    long size = channel.size();
    channel.position(size);
    ByteBuffer last = ByteBuffer.allocate(1);
    if (size > 0 && channel.read(last, size - 1) == 1 && last.get(0) != '\n') {
      channel.write(ByteBuffer.wrap(new byte[] {'\n'}));
    }
  }

  @Override
  public void accept(TrainEvent event) {
    try {
      ByteBuffer line = ByteBuffer.wrap((line(event) + "\n").getBytes(StandardCharsets.UTF_8));
      while (line.hasRemaining()) {
        channel.write(line);
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private static String line(TrainEvent event) {
    ObjectNode line = JSON.createObjectNode();
    switch (event) {
      case MetricsTaken(TrainingMetrics metrics) -> putMetrics(line, metrics);
      case Validated(ValidationScores scores) -> putValidation(line, scores);
      case CheckpointWritten written ->
          line.put("event", "checkpoint")
              .put("job", written.job())
              .put("name", written.name())
              .put("step", written.step())
              .put("timeMillis", written.timeMillis())
              .put("bytes", written.bytes())
              .put("writeMillis", written.millis());
      case Drifted(String job, Drift drift, long step, long timeMillis) ->
          line.put("event", "drift")
              .put("job", job)
              .put("step", step)
              .put("timeMillis", timeMillis)
              .put("what", drift.what())
              .put("before", drift.before())
              .put("now", drift.now())
              .put("threshold", drift.threshold())
              .put("samples", drift.samples());
      case Alert alert ->
          line.put("event", "alert")
              .put("job", alert.job())
              .put("code", alert.code())
              .put("message", alert.message())
              .put("timeMillis", alert.timeMillis());
    }
    try {
      return JSON.writeValueAsString(line);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
  }

  private static void putMetrics(ObjectNode line, TrainingMetrics metrics) {
    line.put("event", "metrics")
        .put("job", metrics.job())
        .put("step", metrics.step())
        .put("timeMillis", metrics.timeMillis())
        .put("samplesPerSecond", metrics.samplesPerSecond())
        .put("learningRate", metrics.learningRate())
        .put("samplesRead", metrics.ledger().read())
        .put("samplesTrained", metrics.ledger().trained())
        .put("samplesRejected", metrics.ledger().rejected())
        .put("samplesFiltered", metrics.ledger().filtered())
        .put("samplesLost", metrics.ledger().lost());
    line.set("window", JSON.valueToTree(metrics.window()));
    line.set("total", JSON.valueToTree(metrics.total()));
    line.set("baselines", JSON.valueToTree(metrics.baselines()));
    line.set("confusion", JSON.valueToTree(metrics.confusion()));
    line.set("calibration", JSON.valueToTree(metrics.calibration()));
    metrics.privacy().ifPresent(spent -> putPrivacy(line.putObject("privacy"), spent));
  }

  private static void putPrivacy(ObjectNode node, PrivacySpent spent) {
    node.put("epsilon", spent.epsilon()).put("delta", spent.delta());
    if (Double.isFinite(spent.budget())) {
      node.put("budget", spent.budget());
    }
  }

  private static void putValidation(ObjectNode line, ValidationScores scores) {
    line.put("event", "validation")
        .put("job", scores.job())
        .put("step", scores.step())
        .put("timeMillis", scores.timeMillis())
        .put("samplesTrained", scores.trained())
        .put("metric", scores.metric())
        .put("isBest", scores.isBest())
        .put("bestStep", scores.bestStep());
    line.set("scores", JSON.valueToTree(scores.scores()));
  }

  private HeadraceException failed(IOException cause) {
    return new HeadraceException(
        "metrics.file: "
            + file
            + " could not be written ("
            + cause.getMessage()
            + "). Make room, or name a file that this user may write.",
        cause);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  @Override
  public String toString() {
    return "event sink " + file;
  }
}
