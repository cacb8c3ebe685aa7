package io.headrace.ingest;

import io.headrace.engine.config.Setting;
import java.util.List;

/**
 * The settings that say how a source's records are written: declared by every source, read by
 * whoever makes the decoder.
 */
public final class FormatSettings {
  public static final Setting<String> FORMAT =
      Setting.choice(
          "format", List.of("avro", "csv", "jsonl", "cifar10"), "How records are written.");
  public static final Setting<String> SCHEMA =
      Setting.text(
              "schema",
              "File with the Avro schema to read with; needed for bare framing, elsewhere the"
                  + " writer's schema serves.")
          .absentByDefault();
  public static final Setting<String> FRAMING =
      Setting.choice(
              "framing",
              List.of("auto", "single-object", "confluent", "bare"),
              "What stands before the Avro data of a message.")
          .orElse("auto");
  public static final Setting<String> DELIMITER =
      Setting.text("delimiter", "The character between the fields of a CSV record.").orElse(",");
  public static final Setting<Boolean> HEADER =
      Setting.flag("header", "Whether the first line of a CSV file names its columns.")
          .orElse(true);
  public static final Setting<List<String>> COLUMNS =
      Setting.texts("columns", "Names of the CSV columns, where no header line gives them.")
          .absentByDefault();

  private FormatSettings() {}
}
