package io.headrace.pipeline.job;

import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.config.Settings;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.error.InvalidSettingException;
import io.headrace.ingest.FormatSettings;
import io.headrace.ingest.SampleDecoder;
import io.headrace.ingest.SourceAlerts;
import io.headrace.ingest.decode.DecoderSpec;
import io.headrace.ingest.decode.Decoders;
import io.headrace.ingest.decode.SampleMapping;
import io.headrace.ingest.decode.WriterSchemas;
import io.headrace.ingest.file.FileNaming;
import io.headrace.ingest.kafka.KafkaSourceSettings;
import io.headrace.ingest.mask.ChunkMask;
import io.headrace.ingest.mask.Masking;
import io.headrace.ingest.push.BodyRecords.Form;
import io.headrace.ingest.push.PushSettings;
import io.headrace.ingest.registry.RegistrySchemas;
import io.headrace.ingest.registry.RegistrySettings;
import io.headrace.ingest.registry.SchemaRegistry;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.apache.avro.Schema;

/** Makes the decoders of a job's source. */
final class JobDecoders {
  private JobDecoders() {}

  /** Decoders for records that are not learned from: nobody is alerted. */
  static Supplier<SampleDecoder> of(JobSpec job, String path, ComponentSpec source) {
    return of(job, path, source, (code, message) -> {});
  }

  /**
   * Decoders for the records of {@code source}, one for each call; the first is made at once, so
   * that what does not fit is found before anything starts.
   *
   * @param path of the source in the job file: {@code source} or {@code test}
   * @param alerts told when a schema registry gives no answers
   */
  static Supplier<SampleDecoder> of(
      JobSpec job, String path, ComponentSpec source, SourceAlerts alerts) {
    DecoderSpec spec = spec(job, source);
    WriterSchemas schemas = schemas(job, source, spec, alerts);
    Masking masking = masking(job);
    Supplier<SampleDecoder> plain = () -> Decoders.create(spec, job.sample(), schemas);
    Supplier<SampleDecoder> masked = () -> masked(job, masking, plain.get(), spec, schemas);
    try {
      var first = masked.get();
      assert first != null;
    } catch (InvalidSettingException e) {
      String key = path + "." + source.name() + "." + e.key();
      throw job.places().located(new InvalidSettingException(key, String.valueOf(e.getMessage())));
    }
    return source.name().equals("http") ? plain : masked; // pushed records come masked
  }

  /** What masks records that are pushed. */
  static Supplier<ChunkMask> masks(JobSpec job, ComponentSpec source) {
    DecoderSpec spec = spec(job, source);
    WriterSchemas schemas = schemas(job, source, spec, (code, message) -> {});
    Masking masking = masking(job);
    return () -> masking.mask(spec, schemas);
  }

  /** What masking calls the files of {@code source}; empty for their own names. */
  static Optional<FileNaming> fileNaming(JobSpec job, ComponentSpec source) {
    return masking(job).fileNaming(FormatSettings.format(source.settings()));
  }

  private static Masking masking(JobSpec job) {
    try {
      return Masking.of(job.masking(), job.baseDirectory());
    } catch (InvalidSettingException e) {
      throw misfit(job, e);
    }
  }

  private static SampleDecoder masked(
      JobSpec job,
      Masking masking,
      SampleDecoder decoder,
      DecoderSpec spec,
      WriterSchemas schemas) {
    try {
      return masking.before(decoder, spec, schemas);
    } catch (InvalidSettingException e) {
      throw misfit(job, e);
    }
  }

  private static HeadraceException misfit(JobSpec job, InvalidSettingException e) {
    String key = JobKey.MASKING.key() + (e.key().isEmpty() ? "" : "." + e.key());
    return job.places().located(new InvalidSettingException(key, String.valueOf(e.getMessage())));
  }

  /**
   * Makes a decoder of requests for predictions.
   *
   * @param mapping without a label
   * @throws InvalidSettingException if the job's samples cannot be written in that form
   */
  static SampleDecoder ofRequests(JobSpec job, SampleMapping mapping, Form form) {
    Optional<Schema> schema = FormatSettings.schema(job.source().settings(), job.baseDirectory());
    DecoderSpec spec =
        form == Form.AVRO ? DecoderSpec.avro("single-object", schema) : DecoderSpec.jsonLines();
    WriterSchemas schemas = WriterSchemas.ofJob(spec.schema().orElse(null));
    return masked(job, masking(job), Decoders.create(spec, mapping, schemas), spec, schemas);
  }

  /** Those that the job knows, and those of the source's registry if it has one. */
  private static WriterSchemas schemas(
      JobSpec job, ComponentSpec source, DecoderSpec spec, SourceAlerts alerts) {
    WriterSchemas known = WriterSchemas.ofJob(spec.schema().orElse(null));
    return registry(source)
        .<WriterSchemas>map(
            settings ->
                new RegistrySchemas(
                    new SchemaRegistry(settings, job.baseDirectory()),
                    settings,
                    known,
                    giveUpMillis(source),
                    alerts))
        .orElse(known);
  }

  private static Optional<RegistrySettings> registry(ComponentSpec source) {
    return source.name().equals("kafka")
        ? source.settings().optional(RegistrySettings.REGISTRY)
        : Optional.empty();
  }

  private static OptionalLong giveUpMillis(ComponentSpec source) {
    var kafka = KafkaSourceSettings.of(source.settings());
    return kafka.failFast() ? OptionalLong.of(kafka.connectTimeoutMillis()) : OptionalLong.empty();
  }

  private static DecoderSpec spec(JobSpec job, ComponentSpec source) {
    Settings settings = source.settings();
    String format = FormatSettings.format(settings);
    Optional<Schema> schema = FormatSettings.schema(settings, job.baseDirectory());
    List<String> columns = settings.optional(FormatSettings.COLUMNS).orElse(List.of());
    char delimiter = settings.value(FormatSettings.DELIMITER).charAt(0);
    return new DecoderSpec(
        format, framing(source), schema, columns, delimiter, FormatSettings.hashAll(settings));
  }

  /**
   * A file is a container, as is a pushed body that no topic keeps; a topic's messages tell their
   * schema unless the job says how else.
   */
  private static String framing(ComponentSpec source) {
    if (source.name().equals("http")) {
      boolean topic = source.settings().value(PushSettings.ACKNOWLEDGE).equals("kafka");
      return topic ? "single-object" : "container";
    }
    if (!source.name().equals("kafka")) {
      return "container";
    }
    String framing = source.settings().value(FormatSettings.FRAMING);
    String likely = registry(source).isPresent() ? "confluent" : "single-object";
    return framing.equals("auto") ? likely : framing;
  }
}
