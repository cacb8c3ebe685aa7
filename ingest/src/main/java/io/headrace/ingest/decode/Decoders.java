package io.headrace.ingest.decode;

import io.headrace.engine.config.Suggestion;
import io.headrace.engine.error.InvalidSettingException;
import io.headrace.ingest.SampleDecoder;
import java.util.List;
import java.util.function.Function;
import org.apache.avro.Schema;

/** Every decoder that a job file can name. Thread-safe; the decoders serve one thread each. */
public final class Decoders {
  public static final List<String> FORMATS =
      List.of(
          "avro",
          "parquet",
          "csv",
          "jsonl",
          "vw",
          "libsvm",
          "text-lines",
          "text-folder",
          "text-window",
          "image-folder",
          "cifar10",
          "idx");
  public static final List<String> FRAMINGS =
      List.of("container", "single-object", "confluent", "bare");

  private Decoders() {}

  /**
   * Makes a decoder that knows the schemas of {@link WriterSchemas#ofJob}.
   *
   * @throws InvalidSettingException if spec and mapping do not fit together
   */
  public static SampleDecoder create(DecoderSpec spec, SampleMapping mapping) {
    return create(spec, mapping, WriterSchemas.ofJob(spec.schema().orElse(null)));
  }

  /**
   * Makes a decoder that looks for the schemas of single-object and Confluent framing in {@code
   * schemas}.
   *
   * @throws InvalidSettingException if spec and mapping do not fit together
   */
  public static SampleDecoder create(
      DecoderSpec spec, SampleMapping mapping, WriterSchemas schemas) {
    var table = new FieldTable(mapping);
    var row = new SampleRow(mapping, table);
    return switch (spec.format()) {
      case "avro" -> avro(spec, mapping, schemas, table, row);
      case "parquet" -> avro(spec.inContainers(), mapping, schemas, table, row);
      case "csv" -> csv(spec, mapping, table, row);
      case "jsonl" -> {
        requireFields(mapping);
        yield new JsonDecoder(table, row);
      }
      case "vw" -> {
        requireNoFields(spec, mapping);
        yield new VwDecoder(mapping, row, spec.hashAll());
      }
      case "libsvm" -> {
        requireNoFields(spec, mapping);
        yield new LibsvmDecoder(mapping, row);
      }
      case "text-folder" -> LabelledDecoder.text("text-folder", '\n', table, row);
      case "text-lines" -> LabelledDecoder.text("text-lines", '\t', table, row);
      case "image-folder" -> {
        NamedFields fields = NamedFields.vectors("image-folder", "image", table);
        var images = new ImageContent(mapping, fields, row);
        yield new LabelledDecoder(fields, row, '\n', images);
      }
      case "text-window" -> new NextCharacterDecoder(table, row);
      case "idx" -> PixelsDecoder.idx(mapping, table, row);
      case "cifar10" -> PixelsDecoder.cifar10(mapping, table, row);
      default ->
          throw new InvalidSettingException(
              "format",
              spec.format() + " is not a format. " + Suggestion.nearest(spec.format(), FORMATS));
    };
  }

  private static SampleDecoder avro(
      DecoderSpec spec,
      SampleMapping mapping,
      WriterSchemas schemas,
      FieldTable table,
      SampleRow row) {
    Schema reader = spec.schema().orElse(null);
    Function<Schema, AvroPlan> compiler =
        writer -> AvroPlan.compile(writer, reader, mapping, table);
    var containers = new AvroFraming.Container(compiler);
    AvroFraming framing =
        switch (spec.framing()) {
          case "container" -> containers;
          case "single-object" -> new AvroFraming.SingleObject(schemas, compiler);
          case "confluent" -> new AvroFraming.Confluent(schemas, compiler);
          case "bare" -> bare(spec, compiler);
          default ->
              throw new InvalidSettingException(
                  "framing",
                  spec.framing()
                      + " is not a framing. "
                      + Suggestion.nearest(spec.framing(), FRAMINGS));
        };
    return new AvroDecoder(framing, containers, row);
  }

  private static AvroFraming bare(DecoderSpec spec, Function<Schema, AvroPlan> compiler) {
    Schema schema =
        spec.schema()
            .orElseThrow(
                () ->
                    new InvalidSettingException(
                        "schema",
                        "is missing: nothing in a bare record tells its schema. Name the file of "
                            + "the schema that the producer writes."));
    var framing = new AvroFraming.Bare(schema, compiler);
    framing
        .plan()
        .problem()
        .ifPresent(
            problem -> {
              throw new InvalidSettingException("schema", problem);
            });
    return framing;
  }

  private static SampleDecoder csv(
      DecoderSpec spec, SampleMapping mapping, FieldTable table, SampleRow row) {
    if (spec.delimiter() >= 0x80
        || spec.delimiter() < '\t'
        || "\"\r\n".indexOf(spec.delimiter()) >= 0) {
      throw new InvalidSettingException(
          "delimiter",
          "'" + spec.delimiter() + "' is not an ASCII character apart from \" and line breaks.");
    }
    requireFields(mapping);
    for (InputMapping input : mapping.inputs()) {
      if (input instanceof InputMapping.DenseVector || input instanceof InputMapping.Image) {
        throw new InvalidSettingException(
            "format",
            "csv has no vectors: name the columns of "
                + input.name()
                + " instead, e.g. dense: {fields: [a, b]}.");
      }
    }
    if (!spec.columns().isEmpty()) {
      CsvColumns.of(spec.columns(), table)
          .problem()
          .ifPresent(
              problem -> {
                throw new InvalidSettingException("columns", problem);
              });
    }
    return new CsvDecoder(table, row, spec.columns(), spec.delimiter());
  }

  private static void requireFields(SampleMapping mapping) {
    for (InputMapping input : mapping.inputs()) {
      if (input instanceof InputMapping.SparseFields sparse && sparse.names().isEmpty()) {
        throw new InvalidSettingException(
            "fields",
            "is empty for input "
                + sparse.name()
                + ". Only canonical Avro samples do without: name the fields, e.g. [origin].");
      }
    }
  }

  private static void requireNoFields(DecoderSpec spec, SampleMapping mapping) {
    for (InputMapping input : mapping.inputs()) {
      if (!(input instanceof InputMapping.SparseFields sparse)) {
        continue;
      }
      if (!sparse.dates().isEmpty()) {
        throw new InvalidSettingException(
            "date-parts",
            "%s lines have features, not fields with times. Remove it from input %s."
                .formatted(spec.format(), sparse.name()));
      }
      if (!sparse.rules().equals(FieldRules.NONE)) {
        throw new InvalidSettingException(
            "format",
            "%s lines have features, not fields that log, bucket and missing could work on. Remove them from input %s."
                .formatted(spec.format(), sparse.name()));
      }
    }
  }
}
