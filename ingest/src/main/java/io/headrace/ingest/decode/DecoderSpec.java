package io.headrace.ingest.decode;

import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;

/**
 * How raw records are written. Immutable.
 *
 * @param format one of {@link Decoders#FORMATS}
 * @param framing of Avro records: {@code container}, {@code single-object}, {@code confluent} or
 *     {@code bare}; the blocks of container files are told apart whatever it says
 * @param schema of Avro records: with {@code bare} the one they are written in; else the reader's,
 *     against which those of writers are resolved, and known by its fingerprint
 * @param columns names of the columns of CSV; empty if the source brings a header line
 * @param delimiter between the fields of CSV
 * @param hashAll whether names of digits in Vowpal Wabbit's lines are hashed as all others are
 */
public record DecoderSpec(
    String format,
    String framing,
    Optional<Schema> schema,
    List<String> columns,
    char delimiter,
    boolean hashAll) {
  public DecoderSpec {
    columns = List.copyOf(columns);
  }

  /** Avro in the given framing. */
  public static DecoderSpec avro(String framing, Optional<Schema> schema) {
    return new DecoderSpec("avro", framing, schema, List.of(), ',', false);
  }

  /** The same, the source knowing the schema of what it gives. */
  DecoderSpec inContainers() {
    return new DecoderSpec(format, "container", schema, columns, delimiter, false);
  }

  /** CSV with these columns, or those of the source's header line if there are none. */
  public static DecoderSpec csv(List<String> columns, char delimiter) {
    return new DecoderSpec("csv", "", Optional.empty(), columns, delimiter, false);
  }

  /** One JSON object a record. */
  public static DecoderSpec jsonLines() {
    return fixed("jsonl");
  }

  /** A format that leaves nothing to choose, e.g. {@code cifar10}. */
  public static DecoderSpec fixed(String format) {
    return new DecoderSpec(format, "", Optional.empty(), List.of(), ',', false);
  }

  /** Lines of Vowpal Wabbit's, the names of digits hashed as all others are. */
  static DecoderSpec vwHashingAll() {
    return new DecoderSpec("vw", "", Optional.empty(), List.of(), ',', true);
  }
}
