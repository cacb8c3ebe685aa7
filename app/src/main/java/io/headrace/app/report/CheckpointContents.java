package io.headrace.app.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.engine.Checkpoint;
import io.headrace.engine.sample.EpochPosition;
import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.pipeline.FirstPositions;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.StringJoiner;

/**
 * What a checkpoint holds, for a person and for a program.
 *
 * @param base name of the one that its file builds on
 */
public record CheckpointContents(Checkpoint checkpoint, Optional<String> base) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Lines for a person. */
  public String text() {
    var lines = new StringJoiner(System.lineSeparator());
    lines.add("job      " + checkpoint.job());
    lines.add(String.format(Locale.ROOT, "step     %,d", checkpoint.step()));
    lines.add("created  " + created());
    base.ifPresent(name -> lines.add("builds on " + name));
    checkpoint.ledger().entries().forEach((at, entry) -> lines.add(range(at, entry)));
    epsilon()
        .ifPresent(
            epsilon -> lines.add("privacy  epsilon %s at delta %s".formatted(epsilon, delta())));
    checkpoint
        .tensors()
        .forEach(
            (name, tensor) ->
                lines.add("tensor   %s %s %s".formatted(name, tensor.type(), tensor.shape())));
    return lines.toString();
  }

  private String range(SourcePartition at, Ledger.Entry entry) {
    OptionalLong first = first(at);
    return String.format(
        Locale.ROOT,
        "ledger   %s: from %s, next position %s, read %,d = trained %,d + rejected %,d + filtered %,d%s%s",
        at,
        first.isPresent() ? EpochPosition.text(first.getAsLong()) : "an unknown position",
        EpochPosition.text(entry.nextPosition()),
        entry.read(),
        entry.trained(),
        entry.rejected(),
        entry.filtered(),
        Summary.lost(entry.lost()),
        passedOver(at));
  }

  private String passedOver(SourcePartition at) {
    var text = new StringBuilder();
    for (FirstPositions.Range range : others(at)) {
      text.append(text.isEmpty() ? "; in other members' models: " : ", ");
      text.append(range.from()).append(" to ").append(range.to());
    }
    return text.toString();
  }

  private List<FirstPositions.Range> others(SourcePartition at) {
    return FirstPositions.passedOver(checkpoint).getOrDefault(at, List.of());
  }

  /** One JSON object. */
  public String json() {
    return PrettyJson.text(tree());
  }

  ObjectNode tree() {
    ObjectNode root = JSON.createObjectNode();
    root.put("job", checkpoint.job());
    root.put("step", checkpoint.step());
    root.put("created", created().toString());
    base.ifPresent(name -> root.put("base", name));
    epsilon()
        .ifPresent(
            epsilon -> root.putObject("privacy").put("epsilon", epsilon).put("delta", delta()));
    var partitions = root.putArray("partitions");
    checkpoint.ledger().entries().forEach((at, entry) -> put(partitions.addObject(), at, entry));
    ObjectNode tensors = root.putObject("tensors");
    checkpoint
        .tensors()
        .forEach(
            (name, tensor) -> {
              ObjectNode node = tensors.putObject(name).put("type", tensor.type().name());
              tensor.shape().forEach(node.withArray("shape")::add);
            });
    return root;
  }

  private void put(ObjectNode node, SourcePartition at, Ledger.Entry entry) {
    node.put("source", at.source()).put("partition", at.partition());
    first(at).ifPresent(first -> node.put("from", first));
    node.put("next", entry.nextPosition());
    for (FirstPositions.Range range : others(at)) {
      node.withArray("passedOver").addObject().put("from", range.from()).put("to", range.to());
    }
    node.put("read", entry.read());
    node.put("trained", entry.trained());
    node.put("rejected", entry.rejected());
    node.put("filtered", entry.filtered());
    node.put("lost", entry.lost());
  }

  /** What was spent of the samples' privacy, where that was accounted for. */
  private Optional<Double> epsilon() {
    return Optional.ofNullable(checkpoint.values().get("privacy.epsilon")).map(Double::valueOf);
  }

  private double delta() {
    return Double.parseDouble(checkpoint.values().getOrDefault("privacy.delta", "NaN"));
  }

  private OptionalLong first(SourcePartition at) {
    return FirstPositions.of(checkpoint).of(at);
  }

  private Instant created() {
    return Instant.ofEpochMilli(checkpoint.createdAtMillis());
  }
}
