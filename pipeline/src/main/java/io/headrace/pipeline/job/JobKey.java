package io.headrace.pipeline.job;

import java.util.Arrays;
import java.util.List;

/** The top-level keys of a job file. */
enum JobKey {
  NAME("name", true, "Name of the job: in checkpoints, metrics and announcements."),
  SOURCE("source", true, "Where the samples come from."),
  EPOCHS("epochs", false, "How often a finite source is read."),
  SHUFFLE(
      "shuffle",
      false,
      "Learns files in shuffled order, another one in each epoch, or a stream window by window."),
  VALIDATION(
      "validation",
      false,
      "Held-out samples that are scored while the job learns, and never learned."),
  EARLY_STOPPING(
      "early-stopping", false, "Ends the run when validation becomes no better; needs validation."),
  TEST(
      "test", false, "Where held-out samples come from that are scored at the end, never learned."),
  MASKING(
      "masking",
      false,
      "A list of what is taken out of records before anything is learned from them, logged or kept;"
          + " each rule works on what the one before left."),
  SAMPLE("sample", true, "How a record becomes a sample: its label and its inputs."),
  TRANSFORMS("transforms", false, "A list of what is done to samples before they are learned."),
  MODEL("model", true, "The list of layers, first to last."),
  START_FROM(
      "start-from",
      false,
      "Weights from a file that a run begins with where it has no checkpoint; without it they are"
          + " drawn."),
  LOSS("loss", true, "What a wrong prediction costs."),
  OPTIMIZER("optimizer", true, "How a gradient changes the parameters."),
  SCHEDULE("schedule", false, "How the learning rate changes; without it, it stays as it is set."),
  GRADIENT_CLIPPING(
      "gradient-clipping", false, "Bounds of a step's gradient; without it there are none."),
  PRIVACY(
      "privacy",
      false,
      "Bounds what can be learned of a single sample (differential privacy, DP-SGD): the gradient of"
          + " each is cut, and noise is added; without it there is no such bound."),
  ON_DIVERGENCE(
      "on-divergence", false, "What is done when the loss of a batch is no number, or explodes."),
  BATCH("batch", false, "How samples become mini-batches."),
  ENGINE("engine", false, "How the learning is run."),
  CHECKPOINTS("checkpoints", false, "Where and when state is kept; without it nothing is kept."),
  GENERATE(
      "generate",
      false,
      "Text that a model of the next character writes while it learns; shown with the progress."),
  METRICS("metrics", false, "Where metrics go, and how often."),
  DEAD_LETTERS("dead-letters", false, "Where records go that could not become samples."),
  REJECTION_LIMIT(
      "rejection-limit",
      false,
      "When so many records are rejected that somebody should look before more are read."),
  SERVE(
      "serve",
      false,
      "Predictions by the model that is being learned, at POST /api/v1/predict; without it there are none."),
  ARCHIVE(
      "archive",
      false,
      "Keeps every sample that was learned from, for replay and audit; needs checkpoints.directory;"
          + " without it none is kept."),
  ENCRYPTION(
      "encryption",
      false,
      "With which keys checkpoints, the batch journal, dead letters in a file, the archive and the"
          + " log of pushed samples are encrypted; without it they are not."),
  TRACES(
      "traces",
      false,
      "Follows some chunks of records from the source to the step that learns from them, for a collector of"
          + " OpenTelemetry; without it nothing is followed."),
  ACCESS(
      "access",
      false,
      "Who may use the page and the HTTP API, and how they are served; without it they are open, and"
          + " served to this machine alone.");

  private final String key;
  private final boolean required;
  private final String doc;

  JobKey(String key, boolean required, String doc) {
    this.key = key;
    this.required = required;
    this.doc = doc;
  }

  String key() {
    return key;
  }

  boolean required() {
    return required;
  }

  String doc() {
    return doc;
  }

  static List<String> keys() {
    return Arrays.stream(values()).map(JobKey::key).toList();
  }
}
