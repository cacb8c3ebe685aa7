package io.headrace.app.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.engine.Checkpoint;
import io.headrace.engine.TrainingMetrics;
import io.headrace.engine.sample.EpochPosition;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.pipeline.job.JobSpec;
import io.headrace.pipeline.job.StoredModel;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * What someone who is handed a model should know: what it reads and predicts, how it was learned,
 * how good it was on samples that it had not seen, and on what data. A card for the public leaves
 * out where the data came from and the job's file.
 */
public final class ModelCard {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ObjectNode card = JSON.createObjectNode();
  private final TrainingMetrics metrics;

  /**
   * The card of a model in {@code file}.
   *
   * @param sha256 of the file's bytes
   * @param whole whether the file has the weights as they were learned, neither pruned nor rounded
   * @param forThePublic whether to leave out what tells about its origin
   */
  public ModelCard(
      StoredModel model, String file, String sha256, boolean whole, boolean forThePublic) {
    Checkpoint checkpoint = model.checkpoint();
    JobSpec job = model.job();
    this.metrics = model.trainer().metrics(checkpoint.job(), checkpoint.createdAtMillis(), 0);
    card.put("model", checkpoint.job());
    card.put("file", file);
    card.put("sha256", sha256);
    if (whole) {
      card.put("parametersSha256", model.trainer().parametersSha256());
    }
    card.put("parameters", model.trainer().parameterCount());
    card.put("steps", checkpoint.step());
    card.put("created", Instant.ofEpochMilli(checkpoint.createdAtMillis()).toString());
    ObjectNode inputs = card.putObject("inputs");
    for (SampleSchema.Input input : job.modelSpec().schema().inputs()) {
      inputs.put(input.name(), described(input.spec()));
    }
    card.put("output", described(job.modelSpec().schema().label()));
    var layers = card.putArray("layers");
    job.layers().forEach(layer -> layers.add(layer.toString()));
    card.put("loss", job.loss().toString());
    card.put("optimizer", job.optimizer().toString());
    put("metrics", metrics.total());
    put("baselines", metrics.baselines());
    card.put("samplesTrained", metrics.ledger().trained());
    metrics
        .privacy()
        .map(PrivacyReport::of)
        .ifPresent(spent -> card.set("privacy", JSON.valueToTree(spent)));
    if (!forThePublic) {
      card.set(
          "data", new CheckpointContents(checkpoint, Optional.empty()).tree().get("partitions"));
      card.put("job", job.yaml());
    }
  }

  private void put(String name, Map<String, Double> values) {
    ObjectNode node = card.putObject(name);
    values.forEach(node::put);
  }

  private static String described(InputSpec input) {
    return switch (input) {
      case InputSpec.Dense(List<Integer> shape) -> "numbers of the shape " + shape;
      case InputSpec.Sparse(int bits, int _, int _) -> "hashed features, 2^" + bits + " ids";
      case InputSpec.Tokens(int length, int size) ->
          "at most %,d tokens of a vocabulary of %,d".formatted(length, size);
    };
  }

  private static String described(LabelSpec label) {
    return switch (label) {
      case LabelSpec.Classes(List<String> names) -> "one of the classes " + names;
      case LabelSpec.Numeric _ -> "a number";
      case LabelSpec.Count _ -> "a count";
    };
  }

  /** One JSON object. */
  public String json() {
    return PrettyJson.text(card) + "\n";
  }

  /** A page of Markdown. */
  public String markdown() {
    var page = new StringJoiner("\n", "", "\n");
    page.add("# " + card.get("model").asText());
    page.add("");
    page.add("| | |");
    page.add("|---|---|");
    row(page, "file", "`" + card.get("file").asText() + "`");
    row(page, "SHA-256", "`" + card.get("sha256").asText() + "`");
    row(page, "parameters", String.format(Locale.ROOT, "%,d", card.get("parameters").asLong()));
    if (card.has("parametersSha256")) {
      row(page, "SHA-256 of the parameters", "`" + card.get("parametersSha256").asText() + "`");
    } else {
      row(page, "weights", "pruned or rounded for this file");
    }
    row(page, "learned until", card.get("created").asText());
    row(page, "steps", String.format(Locale.ROOT, "%,d", card.get("steps").asLong()));
    row(page, "samples", String.format(Locale.ROOT, "%,d", card.get("samplesTrained").asLong()));
    card.get("inputs")
        .properties()
        .forEach(input -> row(page, "input `" + input.getKey() + "`", input.getValue().asText()));
    row(page, "predicts", card.get("output").asText());
    row(page, "loss", "`" + card.get("loss").asText() + "`");
    row(page, "optimizer", "`" + card.get("optimizer").asText() + "`");
    page.add("");
    page.add("## Layers");
    page.add("");
    card.get("layers").forEach(layer -> page.add("1. `" + layer.asText() + "`"));
    page.add("");
    page.add("## How good it is");
    page.add("");
    page.add("Measured on every sample before it was learned from, over the model's whole life.");
    page.add("");
    numbers(page, "metric", metrics.total());
    numbers(page, "without skill", metrics.baselines());
    metrics.privacy().map(PrivacyReport::of).ifPresent(spent -> privacy(page, spent));
    if (card.has("data")) {
      page.add("## What it was learned from");
      page.add("");
      page.add(
          "| source | partition | from | up to | read | trained | rejected | filtered | lost |");
      page.add("|---|---|---|---|---|---|---|---|---|");
      card.get("data").forEach(partition -> page.add(range(partition)));
      page.add("");
      page.add("## The job");
      page.add("");
      page.add("```yaml");
      page.add(card.get("job").asText().stripTrailing());
      page.add("```");
    }
    return page.toString();
  }

  private static void row(StringJoiner page, String name, String value) {
    page.add("| " + name + " | " + value.replace("|", "\\|") + " |");
  }

  /** Positions of a partition, the last one not included, and what became of its records. */
  private static String range(JsonNode partition) {
    var row = new StringJoiner(" | ", "| ", " |");
    row.add("`" + partition.path("source").asText().replace("|", "\\|") + "`");
    row.add(partition.path("partition").asText());
    row.add(partition.has("from") ? position(partition.path("from")) : "unknown");
    row.add(position(partition.path("next")));
    for (String count : List.of("read", "trained", "rejected", "filtered", "lost")) {
      row.add(String.format(Locale.ROOT, "%,d", partition.path(count).asLong()));
    }
    return row.toString();
  }

  private static String position(JsonNode position) {
    return EpochPosition.text(position.asLong());
  }

  private static void privacy(StringJoiner page, PrivacyReport spent) {
    page.add("## What it tells of a sample");
    page.add("");
    page.add(
        "Learned with differential privacy (DP-SGD): "
            + spent.text()
            + ". The bound is on what follows from the weights; the metrics above, and what else is"
            + " counted, have no such bound.");
    page.add("");
  }

  private static void numbers(StringJoiner page, String title, Map<String, Double> values) {
    if (values.isEmpty()) {
      return;
    }
    page.add("| " + title + " | |");
    page.add("|---|---|");
    values.forEach((name, value) -> row(page, name, String.format(Locale.ROOT, "%.5f", value)));
    page.add("");
  }
}
