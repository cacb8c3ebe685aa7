package io.headrace.pipeline.job;

import io.headrace.engine.DivergencePolicy;
import io.headrace.engine.config.Setting;
import io.headrace.engine.config.SettingGroup;
import io.headrace.engine.config.Variant;
import io.headrace.engine.config.Variants;
import io.headrace.engine.optimizer.GradientClipping;
import io.headrace.engine.privacy.PrivacySpec;
import io.headrace.ingest.decode.InputMappings;
import io.headrace.ingest.decode.LabelMapping;
import io.headrace.sink.ArchiveSettings;
import io.headrace.sink.CheckpointSettings;
import io.headrace.sink.DeadLetterSettings;
import io.headrace.sink.MetricsSettings;
import io.headrace.sink.seal.EncryptionSettings;
import io.headrace.sink.trace.TraceSettings;
import java.util.List;

/**
 * The configuration reference as Markdown, made of what the components declare: what is not
 * declared is neither read nor documented, and what is declared is both.
 */
public final class ConfigurationReference {
  private static final String INTRODUCTION =
      """
      # The job file

      One YAML file says what a job reads, what it learns and where results go. This page is made
      from what the code declares (`ConfigurationReference`), and a test keeps the two equal.

      - Keys that are not listed here stop the start-up, with the line and the nearest known key.
      - `--set key=value` replaces a value of the file before it is checked. Keys are dotted paths:
        `engine.threads=2`, `model.0.linear.bias=false` (lists are counted from 0),
        `source.kafka.properties."max.poll.records"=500` (a key with dots stands in quotes). Lists
        are written `[a, b]`.
      - A component is its name alone (`loss: logistic`), or its name with settings
        (`optimizer: {ftrl: {learning-rate: 0.05}}`).
      - Relative paths of **data** (sources and their schemas) start at the directory of the job
        file, or at the one that `--data` names. Relative paths of **results** (checkpoints,
        metrics, dead letters) start at the directory that the command runs in.
      - A job goes on from a checkpoint only with the settings that it was learned with: `shuffle`,
        `validation.fraction`, `masking`, `sample`, `transforms`, `model`, `start-from`, `loss`, `optimizer`,
        `schedule`, `gradient-clipping`, `privacy` (but for `budget`, `delta` and `records`),
        `batch.size`, `engine.shards` and `engine.seed`.
        All others may change between runs.

      """;

  private final Vocabulary vocabulary;
  private final StringBuilder text = new StringBuilder();

  private ConfigurationReference(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
  }

  /** The whole page. */
  public static String markdown() {
    return new ConfigurationReference(Vocabulary.standard()).render();
  }

  private String render() {
    text.append(INTRODUCTION).append("| key | required | meaning |\n|---|---|---|\n");
    for (JobKey key : JobKey.values()) {
      row("[`" + key.key() + "`](#" + key.key() + ")", key.required() ? "yes" : "no", key.doc());
    }
    for (JobKey key : JobKey.values()) {
      heading("##", key.key(), key.doc());
      group(key);
    }
    return text.toString();
  }

  private void group(JobKey key) {
    switch (key) {
      case NAME -> paragraph("Up to 100 letters, digits, dots, dashes and underscores.");
      case SOURCE -> components(key, vocabulary.sources());
      case EPOCHS -> settings(List.of(JobReader.EPOCHS));
      case SHUFFLE -> settings(ShuffleSettings.DECLARED);
      case VALIDATION -> {
        paragraph("`source` takes the same alternatives as [`source`](#source).");
        settings(ValidationSpec.DECLARED);
      }
      case EARLY_STOPPING -> settings(EarlyStopping.DECLARED);
      case TEST -> paragraph("Takes the same alternatives as [`source`](#source).");
      case SAMPLE -> sample();
      case MASKING -> components(key, vocabulary.maskRules());
      case TRANSFORMS -> components(key, vocabulary.transforms());
      case MODEL -> components(key, vocabulary.layers());
      case START_FROM -> settings(StartFrom.DECLARED);
      case LOSS -> components(key, vocabulary.losses());
      case OPTIMIZER -> components(key, vocabulary.optimizers());
      case SCHEDULE -> components(key, vocabulary.schedules());
      case GRADIENT_CLIPPING -> settings(GradientClipping.settings());
      case PRIVACY -> settings(PrivacySpec.settings());
      case ON_DIVERGENCE -> settings(DivergencePolicy.settings());
      case BATCH -> settings(BatchGroup.DECLARED);
      case ENGINE -> settings(EngineSettings.DECLARED);
      case CHECKPOINTS -> settings(CheckpointSettings.SETTINGS);
      case GENERATE -> settings(GenerateSettings.DECLARED);
      case METRICS -> settings(MetricsSettings.SETTINGS);
      case DEAD_LETTERS -> settings(DeadLetterSettings.SETTINGS);
      case REJECTION_LIMIT -> settings(RejectionSettings.DECLARED);
      case SERVE -> settings(ServeSettings.DECLARED);
      case ARCHIVE -> settings(ArchiveSettings.SETTINGS);
      case ENCRYPTION -> settings(EncryptionSettings.SETTINGS);
      case TRACES -> settings(TraceSettings.SETTINGS);
      case ACCESS -> settings(AccessSettings.DECLARED);
    }
  }

  private void sample() {
    settings(SampleReader.FIELDS);
    heading("###", "sample.label", "Which field is the label, and what kind of label it is.");
    settings(LabelMapping.settings());
    heading(
        "###",
        "sample.inputs",
        "One or several inputs by a name of your choice, each one of the alternatives:"
            + " `inputs: {features: {sparse: {fields: [origin, hour]}}}`.");
    components("sample.inputs.NAME", InputMappings.variants());
  }

  private void components(JobKey key, Variants<?> variants) {
    components(key.key(), variants);
  }

  private void components(String path, Variants<?> variants) {
    for (Variant<?> variant : variants.all()) {
      heading("###", path + ": " + variant.name(), variant.doc());
      if (variant.settings().isEmpty()) {
        paragraph("Has no settings.");
      } else {
        settings(variant.settings());
      }
    }
  }

  private void settings(List<Setting<?>> declared) {
    text.append("\n| key | type | default | meaning |\n|---|---|---|---|\n");
    declared.forEach(setting -> row("", setting));
  }

  /** The setting's row, and behind that of a group those of the settings in it. */
  private void row(String prefix, Setting<?> setting) {
    String name = prefix + setting.name();
    row("`" + name + "`", setting.type(), defaultOf(setting), setting.doc());
    if (setting.reader() instanceof SettingGroup<?> group) {
      group.declared().forEach(inner -> row(name + ".", inner));
    }
  }

  private static String defaultOf(Setting<?> setting) {
    Object value = setting.defaultValue();
    if (value == null) {
      return setting.optional() ? "none" : "required";
    }
    return "`" + value + "`";
  }

  private void heading(String level, String title, String doc) {
    text.append('\n').append(level).append(" `").append(title).append("`\n");
    paragraph(doc);
  }

  private void paragraph(String sentence) {
    text.append('\n').append(sentence).append('\n');
  }

  private void row(String... cells) {
    for (String cell : cells) {
      text.append("| ").append(cell.replace("|", "\\|")).append(' ');
    }
    text.append("|\n");
  }
}
