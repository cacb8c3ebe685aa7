package io.headrace.ingest;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.error.InvalidSettingException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/**
 * The settings that say how a source's records are written: declared by every source, read by
 * whoever makes the decoder.
 */
public final class FormatSettings {
  private static final List<String> OF_MESSAGES =
      List.of("avro", "csv", "jsonl", "vw", "libsvm", "text-lines", "cifar10");
  private static final List<String> OF_FILES =
      Stream.concat(
              OF_MESSAGES.stream(),
              Stream.of("parquet", "text-folder", "text-window", "image-folder", "idx"))
          .toList();

  /** {@code format} of a message's bytes. */
  public static final Setting<String> FORMAT =
      Setting.choice("format", OF_MESSAGES, "How records are written.");

  /** {@code format} of files. */
  public static final Setting<String> FILE_FORMAT =
      Setting.choice("format", OF_FILES, "How records are written.");

  public static final Setting<String> SCHEMA =
      Setting.text(
              "schema",
              "File with the Avro schema to read with, against which those of writers are resolved;"
                  + " needed for bare framing, elsewhere the writer's schema serves.")
          .absentByDefault();
  public static final Setting<String> FRAMING =
      Setting.choice(
              "framing",
              List.of("auto", "single-object", "confluent", "bare"),
              "What stands before the Avro data of a message: auto is confluent with registry, else"
                  + " single-object.")
          .orElse("auto");
  public static final Setting<String> DELIMITER =
      Setting.text("delimiter", "The character between the fields of a CSV record.").orElse(",");
  public static final Setting<Boolean> HEADER =
      Setting.flag("header", "Whether the first line of a CSV file names its columns.")
          .orElse(true);
  public static final Setting<List<String>> COLUMNS =
      Setting.texts("columns", "Names of the CSV columns, where no header line gives them.")
          .absentByDefault();

  private static final String HASH_ALL = "all";
  public static final Setting<String> HASH =
      Setting.choice(
              "hash",
              List.of("strings", HASH_ALL),
              "The --hash of Vowpal Wabbit: a feature of vw lines whose name is a number has the number"
                  + " for its hash (strings, what happens unless this says otherwise), or names are"
                  + " hashed whatever they are (all).")
          .absentByDefault();

  private FormatSettings() {}

  /**
   * Whether names of {@code vw} lines that are numbers are hashed as all others are. Asks sources
   * of any kind, those that have no lines too.
   */
  public static boolean hashAll(Settings source) {
    return HASH_ALL.equals(source.asMap().get(HASH.name()));
  }

  /** Stops if another format is to hash as {@code vw} lines do. */
  static void checkHash(Settings source) {
    if (source.optional(HASH).isPresent() && !format(source).equals("vw")) {
      throw new InvalidSettingException(
          HASH.name(), "is for vw lines, and format is " + format(source) + ". Remove it.");
    }
  }

  /** The format that a source's settings name, whichever of its kinds that is. */
  public static String format(Settings source) {
    return String.valueOf(source.asMap().get(FORMAT.name()));
  }

  /**
   * The schema that a source's settings name, if they do.
   *
   * @throws HeadraceException if the file cannot be read as one
   */
  public static Optional<Schema> schema(Settings source, Path baseDirectory) {
    return source.optional(SCHEMA).map(file -> schema(baseDirectory.resolve(file)));
  }

  private static Schema schema(Path file) {
    try {
      return new Schema.Parser().parse(file.toFile());
    } catch (IOException | AvroRuntimeException e) {
      throw new HeadraceException(
          "schema: %s cannot be read as an Avro schema: %s. Name the .avsc file that the producer writes with."
              .formatted(file, e.getMessage()),
          e);
    }
  }
}
