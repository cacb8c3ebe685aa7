package io.headrace.sink.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.engine.Checkpoint;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.engine.state.Tensor;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a checkpoint holds beside its tensors, as text by name in the header of its file. */
final class CheckpointMetadata {
  /** The file from which tensors in pages start; without it they start from zeros. */
  static final String BASE = "base";

  static final String BASE_SHA256 = "base_sha256";

  static final String STEP = "step";
  static final String CREATED = "created_at_millis";

  private static final String VERSION = "1";
  private static final String PAGED_VERSION = "2";
  private static final String PAGED = "paged";
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * One partition of the ledger as JSON; its fields are part of the format. Older files lack lost.
   */
  private record PartitionJson(
      String source,
      int partition,
      long nextPosition,
      long trained,
      long rejected,
      long filtered,
      long lost) {}

  private CheckpointMetadata() {}

  static SortedMap<String, String> of(CheckpointLayout layout, String dataSha256) {
    Checkpoint checkpoint = layout.checkpoint();
    boolean paged = !layout.paged().isEmpty();
    List<PartitionJson> ledger =
        checkpoint.ledger().entries().entrySet().stream()
            .map(entry -> json(entry.getKey(), entry.getValue()))
            .toList();
    var metadata = new TreeMap<String, String>();
    metadata.put("format", "headrace-checkpoint");
    metadata.put("format_version", paged ? PAGED_VERSION : VERSION);
    metadata.put("job", checkpoint.job());
    metadata.put("fingerprint", checkpoint.fingerprint());
    metadata.put(STEP, Long.toString(checkpoint.step()));
    metadata.put(CREATED, Long.toString(checkpoint.createdAtMillis()));
    metadata.put("data_sha256", dataSha256);
    layout
        .base()
        .ifPresent(
            base -> {
              metadata.put(BASE, base.name());
              metadata.put(BASE_SHA256, base.headerSha256());
            });
    try {
      if (paged) {
        metadata.put(PAGED, JSON.writeValueAsString(layout.paged()));
      }
      metadata.put("ledger", JSON.writeValueAsString(ledger));
      metadata.put("values", JSON.writeValueAsString(checkpoint.values()));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return metadata;
  }

  /** What an encrypted file tells without a key: whose it is and which, and what it needs. */
  static SortedMap<String, String> label(CheckpointLayout layout) {
    SortedMap<String, String> label = label(layout.checkpoint());
    layout.base().ifPresent(base -> label.put(BASE, base.name()));
    return label;
  }

  /** The same of one that stands by itself. */
  static SortedMap<String, String> label(Checkpoint checkpoint) {
    var label = new TreeMap<String, String>();
    label.put("kind", "checkpoint");
    label.put("job", checkpoint.job());
    label.put(STEP, Long.toString(checkpoint.step()));
    label.put(CREATED, Long.toString(checkpoint.createdAtMillis()));
    return label;
  }

  /** The checkpoint of a header whose hash has been checked. */
  static Checkpoint checkpoint(
      String file, Map<String, String> metadata, SortedMap<String, Tensor> tensors) {
    String version = text(file, metadata, "format_version");
    if (!version.equals(VERSION) && !version.equals(PAGED_VERSION)) {
      throw new HeadraceException(
          file
              + " has format version "
              + version
              + ", and this Headrace reads "
              + VERSION
              + " and "
              + PAGED_VERSION
              + ". Read it with the version of Headrace that wrote it.");
    }
    try {
      return new Checkpoint(
          text(file, metadata, "job"),
          text(file, metadata, "fingerprint"),
          Long.parseLong(text(file, metadata, STEP)),
          Long.parseLong(text(file, metadata, CREATED)),
          ledger(text(file, metadata, "ledger")),
          JSON.readValue(
              text(file, metadata, "values"), new TypeReference<TreeMap<String, String>>() {}),
          tensors);
    } catch (JsonProcessingException | NumberFormatException e) {
      throw new HeadraceException(
          file + " has metadata that is not of format version " + version + ": " + e.getMessage(),
          e);
    }
  }

  /** Shapes of the tensors of which a file has pages, by name. */
  static Map<String, List<Long>> paged(String file, Map<String, String> metadata) {
    try {
      return JSON.readValue(
          metadata.getOrDefault(PAGED, "{}"), new TypeReference<TreeMap<String, List<Long>>>() {});
    } catch (JsonProcessingException e) {
      var damaged =
          new CheckpointDamagedException(
              file, "its list of tensors in pages cannot be read (" + e.getMessage() + ")");
      damaged.initCause(e);
      throw damaged;
    }
  }

  static String text(String file, Map<String, String> metadata, String name) {
    @Nullable String text = metadata.get(name);
    if (text == null) {
      throw new CheckpointDamagedException(file, "its header lacks " + name);
    }
    return text;
  }

  private static Ledger ledger(String json) throws JsonProcessingException {
    var entries = new TreeMap<SourcePartition, Ledger.Entry>();
    for (PartitionJson p : JSON.readValue(json, PartitionJson[].class)) {
      entries.put(
          new SourcePartition(p.source, p.partition),
          new Ledger.Entry(p.nextPosition, p.trained, p.rejected, p.filtered, p.lost));
    }
    return new Ledger(entries);
  }

  private static PartitionJson json(SourcePartition partition, Ledger.Entry entry) {
    return new PartitionJson(
        partition.source(),
        partition.partition(),
        entry.nextPosition(),
        entry.trained(),
        entry.rejected(),
        entry.filtered(),
        entry.lost());
  }
}
