package io.headrace.ingest;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import io.headrace.engine.config.Variant;
import io.headrace.engine.config.Variants;
import io.headrace.engine.error.InvalidSettingException;
import io.headrace.ingest.file.FileFormat;
import io.headrace.ingest.file.FileLimits;
import io.headrace.ingest.file.FileSampleSource;
import io.headrace.ingest.file.FollowedSource;
import io.headrace.ingest.kafka.KafkaSampleSource;
import io.headrace.ingest.kafka.KafkaSourceSettings;
import io.headrace.ingest.push.PushSampleSource;
import io.headrace.ingest.push.PushSettings;
import io.headrace.ingest.push.TopicPushSource;
import io.headrace.ingest.registry.RegistrySettings;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Every source that a job file can name. */
public final class Sources {
  static final Setting<String> PATH =
      Setting.text(
          "path",
          "A file, a folder whose files are read in the order of their names, a glob such as"
              + " data/*.avro, or - for standard input. Files may be packed with gzip or zstd.");

  /** A label and 32 x 32 pixels in red, green and blue. */
  private static final int CIFAR_RECORD_BYTES = 1 + 3 * 32 * 32;

  static final Setting<String> LABELS =
      Setting.text(
              "labels",
              "The idx file with the labels of path's images; without it, the one beside them that"
                  + " is named for them as MNIST's are.")
          .absentByDefault();
  static final Setting<Integer> WINDOW =
      Setting.integer(
              "window", 1, 1 << 20, "Characters of a text-window before the one to predict.")
          .absentByDefault();
  static final Setting<Integer> STRIDE =
      Setting.integer("stride", 1, 1 << 20, "Characters from one text-window to the next.")
          .orElse(1);
  static final Setting<Integer> CHUNK_ROWS =
      Setting.integer(
              "chunk-rows",
              1,
              65_536,
              "Most records in one chunk, the unit of decoding in parallel.")
          .orElse(FileLimits.DEFAULT.chunkRows());
  static final Setting<Integer> MAX_RECORD_BYTES =
      Setting.integer("max-record-bytes", 1, 1 << 30, "Lines larger than this are rejected.")
          .orElse(FileLimits.DEFAULT.maxRecordBytes());

  static final Setting<Boolean> FOLLOW =
      Setting.flag(
              "follow",
              "Whether lines or CSV are read on as the file is written, without end, also over those"
                  + " that it is rotated to.")
          .orElse(false);
  static final Setting<Integer> POLL_MS =
      Setting.integer(
              "poll-ms",
              1,
              3_600_000,
              "How long to wait before looking again whether a followed file was written to.")
          .orElse(100);

  private Sources() {}

  public static Variants<SourceFactory> variants() {
    return new Variants<>("source", List.of(kafka(), file(), http()));
  }

  private static Variant<SourceFactory> kafka() {
    List<Setting<?>> settings = new ArrayList<>(KafkaSourceSettings.declared());
    settings.addAll(
        List.of(
            FormatSettings.FORMAT,
            FormatSettings.FRAMING,
            FormatSettings.SCHEMA,
            RegistrySettings.REGISTRY,
            FormatSettings.DELIMITER,
            FormatSettings.HASH,
            FormatSettings.COLUMNS));
    return new Variant<>(
        "kafka",
        "The records of a Kafka topic, as they come; reading waits while training is behind.",
        settings,
        Sources::kafkaSource);
  }

  private static SourceFactory kafkaSource(Settings settings) {
    FormatSettings.checkHash(settings);
    KafkaSourceSettings kafka = KafkaSourceSettings.of(settings);
    delimiter(settings);
    if (settings.value(FormatSettings.FORMAT).equals("csv")) {
      requireColumns(settings);
    }
    if (settings.optional(RegistrySettings.REGISTRY).isPresent()) {
      requireIds(settings);
    }
    return baseDirectory -> new KafkaSampleSource(kafka);
  }

  private static Variant<SourceFactory> file() {
    return new Variant<>(
        "file",
        "The records of files, once: Avro containers, CSV, lines, images or texts.",
        List.of(
            PATH,
            FormatSettings.FILE_FORMAT,
            FormatSettings.SCHEMA,
            FormatSettings.DELIMITER,
            FormatSettings.HASH,
            FormatSettings.HEADER,
            FormatSettings.COLUMNS,
            LABELS,
            WINDOW,
            STRIDE,
            FOLLOW,
            POLL_MS,
            CHUNK_ROWS,
            MAX_RECORD_BYTES),
        Sources::fileSource);
  }

  private static Variant<SourceFactory> http() {
    return new Variant<>(
        "http",
        "Samples that clients push with POST /api/v1/samples: acknowledged once they are durable,"
            + " refused while too many wait.",
        PushSettings.declared(),
        Sources::httpSource);
  }

  private static SourceFactory httpSource(Settings settings) {
    FormatSettings.checkHash(settings);
    PushSettings push = PushSettings.of(settings);
    delimiter(settings);
    if (push.format().equals("csv")) {
      requireColumns(settings);
    }
    InstantSource clock = InstantSource.system();
    return baseDirectory ->
        switch (push.place()) {
          case PushSettings.Segments place -> new PushSampleSource(push, place, clock);
          case PushSettings.Topic topic ->
              new TopicPushSource(
                  push, topic, FormatSettings.schema(settings, baseDirectory), clock);
        };
  }

  private static SourceFactory fileSource(Settings settings) {
    FormatSettings.checkHash(settings);
    FileFormat format = fileFormat(settings);
    requireFile(settings, format);
    var limits = new FileLimits(settings.value(CHUNK_ROWS), settings.value(MAX_RECORD_BYTES));
    if (settings.value(FOLLOW)) {
      requireFollowable(settings, format);
      return baseDirectory ->
          new FollowedSource(
              baseDirectory, settings.value(PATH), format, limits, settings.value(POLL_MS));
    }
    return baseDirectory -> {
      var source = new FileSampleSource(baseDirectory, settings.value(PATH), format, limits);
      source.requireFiles();
      return source;
    };
  }

  /** What has to be read at several places cannot come over a pipe. */
  private static void requireFile(Settings settings, FileFormat format) {
    switch (format) {
      case FileFormat.Lines _, FileFormat.Csv _, FileFormat.Windows _ -> {}
      default -> {
        if (settings.value(PATH).equals(FileSampleSource.STANDARD_INPUT)) {
          throw new InvalidSettingException(
              "path",
              "- is standard input, of which only texts and lines can be read, not format %s. Name a file."
                  .formatted(settings.value(FormatSettings.FILE_FORMAT)));
        }
      }
    }
  }

  private static void requireFollowable(Settings settings, FileFormat format) {
    if (!(format instanceof FileFormat.Lines) && !(format instanceof FileFormat.Csv)) {
      throw new InvalidSettingException(
          "follow",
          "goes with lines and CSV, not with format %s. Remove it."
              .formatted(settings.value(FormatSettings.FILE_FORMAT)));
    }
    String path = settings.value(PATH);
    if (path.equals(FileSampleSource.STANDARD_INPUT)
        || path.endsWith("/")
        || path.chars().anyMatch(c -> "*?[{".indexOf(c) >= 0)) {
      throw new InvalidSettingException(
          "follow", "needs the path of one file, not %s. Name that file.".formatted(path));
    }
  }

  private static FileFormat fileFormat(Settings settings) {
    return switch (settings.value(FormatSettings.FILE_FORMAT)) {
      case "avro" -> new FileFormat.Avro();
      case "parquet" -> new FileFormat.Parquet();
      case "csv" -> {
        boolean header = settings.value(FormatSettings.HEADER);
        if (!header) {
          requireColumns(settings);
        }
        yield new FileFormat.Csv(delimiter(settings), header);
      }
      case "text-window" -> windows(settings);
      case "idx" -> new FileFormat.Idx(settings.optional(LABELS));
      case "text-folder", "image-folder" -> new FileFormat.Folder();
      case "cifar10" -> new FileFormat.Fixed(CIFAR_RECORD_BYTES);
      default -> new FileFormat.Lines();
    };
  }

  private static FileFormat windows(Settings settings) {
    int length =
        settings
            .optional(WINDOW)
            .orElseThrow(
                () ->
                    new InvalidSettingException(
                        "window",
                        "is missing: say how many characters of text-window come before the next"
                            + " one, e.g. window: 64."));
    return new FileFormat.Windows(length, settings.value(STRIDE));
  }

  private static char delimiter(Settings settings) {
    String delimiter = settings.value(FormatSettings.DELIMITER);
    if (delimiter.length() != 1) {
      throw new InvalidSettingException(
          "delimiter", "'" + delimiter + "' is not a single character. Set for example \";\".");
    }
    return delimiter.charAt(0);
  }

  /** Only Confluent framing has ids to ask a registry for. */
  private static void requireIds(Settings settings) {
    String format = settings.value(FormatSettings.FORMAT);
    String framing = settings.value(FormatSettings.FRAMING);
    if (!format.equals("avro") || !List.of("auto", "confluent").contains(framing)) {
      throw new InvalidSettingException(
          "registry",
          "does not go with format %s and framing %s: only format avro with framing confluent has ids of schemas. Remove registry, or correct them."
              .formatted(format, framing));
    }
  }

  private static void requireColumns(Settings settings) {
    if (settings.optional(FormatSettings.COLUMNS).isEmpty()) {
      throw new InvalidSettingException(
          "columns", "is missing: without a header line, the columns have to be named in order.");
    }
  }
}
