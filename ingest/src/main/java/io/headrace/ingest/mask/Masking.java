package io.headrace.ingest.mask;

import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.config.Variants;
import io.headrace.engine.error.InvalidSettingException;
import io.headrace.ingest.SampleDecoder;
import io.headrace.ingest.Secret;
import io.headrace.ingest.decode.DecoderSpec;
import io.headrace.ingest.decode.WriterSchemas;
import io.headrace.ingest.file.FileNaming;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a job takes out of its records before they are learned from, logged or kept: a list of
 * rules, each applied to what the one before left. Thread-safe; its decoders serve one thread each.
 */
public final class Masking {
  private static final int LEAST_KEY_BYTES = 16;
  private static final Set<String> NAMES_ONLY = Set.of("vw", "libsvm");
  private static final Set<String> NAMED_FILES =
      Set.of("image-folder", "idx", "cifar10", "text-folder");
  private static final String FILE = "file";
  private static final Set<String> NUMERIC_RULES = Set.of("bucket", "date-shift");

  private final List<ComponentSpec> specs;
  private final List<MaskRules.Source> sources = new ArrayList<>();
  private final Map<String, byte[]> keys = new HashMap<>();
  private final Unreadable unreadable;

  private Masking(List<ComponentSpec> specs, Path baseDirectory) {
    this.specs = List.copyOf(specs);
    boolean detects = false;
    for (int i = 0; i < specs.size(); i++) {
      ComponentSpec spec = specs.get(i);
      if (spec.name().equals(MaskRules.UNREADABLE)) {
        detects = spec.settings().value(MaskRules.KEPT).equals("detected");
        continue;
      }
      try {
        MaskRules.Source source = MaskRules.variants().create(spec);
        source.rule(reference -> keys.computeIfAbsent(reference, r -> key(r, baseDirectory)));
        sources.add(source);
      } catch (InvalidSettingException e) {
        throw new InvalidSettingException(
            i + "." + spec.name() + "." + e.key(), String.valueOf(e.getMessage()));
      }
    }
    this.unreadable = new Unreadable(detects);
  }

  /** The rules that a job file can name. */
  public static Variants<?> variants() {
    return MaskRules.variants();
  }

  /**
   * The masking that a list of rules makes.
   *
   * @param baseDirectory where relative paths of keys start
   * @throws InvalidSettingException if a rule cannot be made, for its key is not there; its key
   *     begins with the number of the rule
   */
  public static Masking of(List<ComponentSpec> rules, Path baseDirectory) {
    return new Masking(rules, baseDirectory);
  }

  private static byte[] key(String reference, Path baseDirectory) {
    byte[] key;
    try {
      key = new Secret(reference).read(baseDirectory).getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new InvalidSettingException("key", String.valueOf(e.getMessage()) + ".");
    } catch (InvalidSettingException e) {
      throw new InvalidSettingException("key", String.valueOf(e.getMessage()));
    }
    if (key.length < LEAST_KEY_BYTES) {
      throw new InvalidSettingException(
          "key",
          "has %d bytes, fewer than %d: such a key can be guessed. Make one, e.g. by openssl rand -hex 32."
              .formatted(key.length, LEAST_KEY_BYTES));
    }
    return key;
  }

  /**
   * A decoder that masks the records of a chunk, within it, before {@code decoder} reads them.
   *
   * @throws InvalidSettingException if records of that format have no such fields
   */
  public SampleDecoder before(SampleDecoder decoder, DecoderSpec spec, WriterSchemas schemas) {
    return specs.isEmpty() ? decoder : new MaskedDecoder(decoder, mask(spec, schemas));
  }

  /**
   * What masks chunks before anybody decodes them, for one thread.
   *
   * @throws InvalidSettingException if records of that format have no such fields
   */
  public ChunkMask mask(DecoderSpec spec, WriterSchemas schemas) {
    if (NAMES_ONLY.contains(spec.format())) {
      specs.stream()
          .map(ComponentSpec::name)
          .filter(NUMERIC_RULES::contains)
          .findFirst()
          .ifPresent(
              rule -> {
                throw new InvalidSettingException(
                    "",
                    rule
                        + " works on fields with numbers or times, and "
                        + spec.format()
                        + " has names. Drop the fields instead.");
              });
    }
    var fields = new RecordFields(sources.stream().map(source -> source.rule(keys::get)).toList());
    return new ChunkMask(format(spec, schemas), fields, unreadable);
  }

  /**
   * What files of images, and texts in folders, are called: their names are the field {@code file}.
   * Thread-safe; empty if no rule covers that.
   */
  public Optional<FileNaming> fileNaming(String format) {
    var fields = new RecordFields(sources.stream().map(source -> source.rule(keys::get)).toList());
    if (!NAMED_FILES.contains(format) || !fields.coversAtAll(FILE)) {
      return Optional.empty();
    }
    return Optional.of(
        name -> {
          synchronized (fields) {
            fields.begin(field -> field.equals(FILE) ? Optional.of(name) : Optional.empty());
            String now = fields.masked(FILE, name, Kind.TEXT);
            return now == null ? "" : now;
          }
        });
  }

  private static MaskedFormat format(DecoderSpec spec, WriterSchemas schemas) {
    return switch (spec.format()) {
      case "jsonl" -> new JsonFormat();
      case "csv" -> new CsvFormat(spec.columns(), spec.delimiter());
      case "vw" -> new VwFormat();
      case "libsvm" -> new LibsvmFormat();
      case "text-lines" -> new TextFormat('\t');
      case "text-folder" -> new TextFormat('\n');
      case "image-folder" -> new PictureFormat(true);
      case "idx", "cifar10" -> new PictureFormat(false);
      case "parquet" -> new AvroFormat(AvroHead.container());
      case "avro" -> new AvroFormat(head(spec, schemas));
      default ->
          throw new InvalidSettingException(
              "",
              spec.format()
                  + " has no fields in which something could be masked. Remove masking, or mask what"
                  + " the files are made of.");
    };
  }

  private static AvroHead head(DecoderSpec spec, WriterSchemas schemas) {
    return switch (spec.framing()) {
      case "single-object" -> AvroHead.singleObject(schemas);
      case "confluent" -> AvroHead.confluent(schemas);
      case "bare" -> AvroHead.bare(spec.schema().orElseThrow());
      default -> AvroHead.container();
    };
  }
}
