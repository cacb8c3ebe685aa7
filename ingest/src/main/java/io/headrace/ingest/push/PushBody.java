package io.headrace.ingest.push;

import java.util.List;

/** Cuts the bodies of one format into records. Thread-safe. */
interface PushBody {
  /** The media types of such bodies, the usual one first. */
  List<String> mediaTypes();

  /**
   * Cuts a body, whose array is kept where that spares a copy.
   *
   * @throws UnreadableBodyException if it is not of the format
   */
  Cut cut(byte[] body) throws UnreadableBodyException;

  /**
   * What a body holds. Immutable.
   *
   * @param schema of Avro data, as JSON; empty for other records
   * @param masked whether personal data was taken out of the records; they are delimited then
   */
  record Cut(String schema, boolean masked, List<PushedBlock> blocks) {
    public Cut {
      blocks = List.copyOf(blocks);
    }

    Cut(String schema, List<PushedBlock> blocks) {
      this(schema, false, blocks);
    }
  }

  /** The bodies of {@code format}; the largest may be {@code maxBytes}, unpacked. */
  static PushBody of(String format, int maxBytes) {
    return switch (format) {
      case "avro" -> new ContainerBody(maxBytes);
      case "jsonl" ->
          new LinesBody(List.of("application/x-ndjson", "application/jsonl", "application/json"));
      case "csv" -> new LinesBody(List.of("text/csv"));
      default -> new LinesBody(List.of("text/plain"));
    };
  }
}
