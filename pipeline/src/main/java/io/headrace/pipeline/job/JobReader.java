package io.headrace.pipeline.job;

import io.headrace.engine.DivergencePolicy;
import io.headrace.engine.UpdateMode;
import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import io.headrace.engine.config.Variants;
import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.layer.Layer;
import io.headrace.engine.optimizer.GradientClipping;
import io.headrace.engine.privacy.PrivacySpec;
import io.headrace.ingest.FormatSettings;
import io.headrace.ingest.decode.InputMapping;
import io.headrace.ingest.decode.SampleMapping;
import io.headrace.pipeline.batch.BatchShape;
import io.headrace.sink.ArchiveSettings;
import io.headrace.sink.CheckpointSettings;
import io.headrace.sink.DeadLetterSettings;
import io.headrace.sink.MetricsSettings;
import io.headrace.sink.seal.EncryptionSettings;
import io.headrace.sink.trace.TraceSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Makes a {@link JobSpec} of a job file's values. One instance reads one job. */
final class JobReader {
  private static final Setting<String> NAME =
      new Setting<>(JobKey.NAME.key(), "text", null, false, JobKey.NAME.doc(), JobReader::name);

  static final Setting<Integer> EPOCHS =
      Setting.integer(JobKey.EPOCHS.key(), 1, 1_000_000, JobKey.EPOCHS.doc()).orElse(1);
  private static final List<Setting<?>> WORDS = List.of(NAME, EPOCHS);

  private final Vocabulary vocabulary;
  private final YamlNode.Group job;
  private final Problems problems;
  private final SettingsReader reader;
  private final Fingerprint.Builder fingerprint = new Fingerprint.Builder();

  JobReader(Vocabulary vocabulary, YamlNode.Group job, Problems problems) {
    this.vocabulary = vocabulary;
    this.job = job;
    this.problems = problems;
    this.reader = new SettingsReader(problems);
  }

  /**
   * Reads and checks all of it.
   *
   * @throws io.headrace.engine.error.HeadraceException with a line for each fault
   */
  JobSpec read(Path baseDirectory) {
    reader.knownKeysOnly(JobKey.keys(), "", job);
    Optional<Settings> words = reader.settings(WORDS, "", job.only(WORDS));
    Optional<ComponentSpec> source = required(JobKey.SOURCE, vocabulary.sources());
    Optional<ShuffleSettings> shuffle =
        given(JobKey.SHUFFLE, ShuffleSettings.DECLARED).map(ShuffleSettings::from);
    Optional<ValidationSpec> validation = validation();
    Optional<EarlyStopping> earlyStopping =
        given(JobKey.EARLY_STOPPING, EarlyStopping.DECLARED).map(EarlyStopping::from);
    Optional<ComponentSpec> test = optional(JobKey.TEST, vocabulary.sources());
    List<ComponentSpec> masking = list(JobKey.MASKING, vocabulary.maskRules());
    Optional<SampleMapping> sample = sample();
    List<ComponentSpec> transforms = list(JobKey.TRANSFORMS, vocabulary.transforms());
    List<ComponentSpec> layers = list(JobKey.MODEL, vocabulary.layers());
    Optional<StartFrom> startFrom =
        given(JobKey.START_FROM, StartFrom.DECLARED).map(StartFrom::from);
    Optional<ComponentSpec> loss = required(JobKey.LOSS, vocabulary.losses());
    Optional<ComponentSpec> optimizer = required(JobKey.OPTIMIZER, vocabulary.optimizers());
    Optional<ComponentSpec> schedule = schedule();
    Optional<Settings> clipping = defaulted(JobKey.GRADIENT_CLIPPING, GradientClipping.settings());
    Optional<PrivacySpec> privacy =
        given(JobKey.PRIVACY, PrivacySpec.settings()).map(PrivacySpec::from);
    Optional<DivergencePolicy> onDivergence =
        defaulted(JobKey.ON_DIVERGENCE, DivergencePolicy.settings()).map(DivergencePolicy::from);
    Optional<BatchShape> batch = defaulted(JobKey.BATCH, BatchGroup.DECLARED).map(BatchGroup::from);
    Optional<EngineSettings> engine =
        defaulted(JobKey.ENGINE, EngineSettings.DECLARED).map(EngineSettings::from);
    Optional<CheckpointSettings> checkpoints =
        defaulted(JobKey.CHECKPOINTS, CheckpointSettings.SETTINGS).map(CheckpointSettings::from);
    Optional<GenerateSettings> generate =
        given(JobKey.GENERATE, GenerateSettings.DECLARED).map(GenerateSettings::from);
    Optional<MetricsSettings> metrics =
        defaulted(JobKey.METRICS, MetricsSettings.SETTINGS).map(MetricsSettings::from);
    Optional<DeadLetterSettings> deadLetters =
        defaulted(JobKey.DEAD_LETTERS, DeadLetterSettings.SETTINGS).map(DeadLetterSettings::from);
    Optional<RejectionSettings> rejectionLimit =
        defaulted(JobKey.REJECTION_LIMIT, RejectionSettings.DECLARED).map(RejectionSettings::from);
    Optional<ServeSettings> serve =
        given(JobKey.SERVE, ServeSettings.DECLARED).map(ServeSettings::from);
    Optional<ArchiveSettings> archive =
        given(JobKey.ARCHIVE, ArchiveSettings.SETTINGS).map(ArchiveSettings::from);
    Optional<EncryptionSettings> encryption =
        given(JobKey.ENCRYPTION, EncryptionSettings.SETTINGS).map(EncryptionSettings::from);
    Optional<TraceSettings> traces =
        given(JobKey.TRACES, TraceSettings.SETTINGS).map(TraceSettings::from);
    Optional<AccessSettings> access =
        given(JobKey.ACCESS, AccessSettings.DECLARED).map(AccessSettings::from);
    problems.throwIfAny();
    SampleMapping mapping = withFields(sample.orElseThrow(), layers);
    if (FormatSettings.hashAll(source.orElseThrow().settings())) {
      fingerprint.add("source.hash", "all");
    }

    var places = JobPlaces.of(job);
    var spec =
        new JobSpec(
            words.orElseThrow().value(NAME),
            baseDirectory,
            source.orElseThrow(),
            words.orElseThrow().value(EPOCHS),
            shuffle,
            validation,
            earlyStopping,
            test,
            masking,
            mapping,
            transforms,
            layers,
            startFrom,
            loss.orElseThrow(),
            optimizer.orElseThrow(),
            schedule.orElseThrow(),
            GradientClipping.from(clipping.orElseThrow()),
            privacy,
            onDivergence.orElseThrow(),
            batch.orElseThrow(),
            engine.orElseThrow(),
            checkpoints.orElseThrow(),
            generate,
            metrics.orElseThrow(),
            deadLetters.orElseThrow(),
            rejectionLimit.orElseThrow(),
            serve,
            archive,
            encryption,
            traces,
            access,
            fingerprint(
                shuffle,
                validation,
                masking,
                transforms,
                layers,
                startFrom,
                loss,
                optimizer,
                schedule,
                clipping,
                privacy,
                batch,
                engine),
            YamlWriter.write(job),
            places);
    new JobChecks(vocabulary, places, problems).check(spec);
    problems.throwIfAny();
    return spec;
  }

  private Optional<ValidationSpec> validation() {
    String key = JobKey.VALIDATION.key();
    if (job.value(key).isEmpty()) {
      return Optional.empty();
    }
    return reader.group(key, key, job).flatMap(group -> validation(key, group));
  }

  private Optional<ValidationSpec> validation(String path, YamlNode.Group group) {
    List<String> keys = new ArrayList<>(List.of(ValidationSpec.SOURCE));
    ValidationSpec.DECLARED.forEach(setting -> keys.add(setting.name()));
    reader.knownKeysOnly(keys, path, group);
    Optional<ComponentSpec> source =
        group
            .value(ValidationSpec.SOURCE)
            .flatMap(
                node ->
                    reader.component(
                        vocabulary.sources(), path + "." + ValidationSpec.SOURCE, node));
    return reader
        .settings(ValidationSpec.DECLARED, path, group.only(ValidationSpec.DECLARED))
        .map(settings -> ValidationSpec.from(source, settings));
  }

  /** The mapping with the fields of pairs where a layer asks for them. */
  private SampleMapping withFields(SampleMapping sample, List<ComponentSpec> layers) {
    List<InputMapping> inputs = sample.inputs();
    Optional<String> only =
        inputs.size() == 1 ? Optional.of(inputs.getFirst().name()) : Optional.empty();
    try {
      Layer first = vocabulary.layers().create(layers.getFirst());
      return sample.withFieldsOf(first.inputsByField(only).collect(Collectors.toSet()));
    } catch (InvalidSettingException e) {
      String path = JobKey.SAMPLE.key() + "." + e.key();
      problems.add(path, String.valueOf(e.getMessage()), JobPlaces.of(job).of(path));
      return sample;
    }
  }

  private Optional<SampleMapping> sample() {
    String key = JobKey.SAMPLE.key();
    if (job.value(key).isEmpty()) {
      noteMissing(JobKey.SAMPLE);
      return Optional.empty();
    }
    var samples = new SampleReader(reader, problems, fingerprint);
    return reader.group(key, key, job).flatMap(group -> samples.read(key, group));
  }

  private Optional<ComponentSpec> required(JobKey key, Variants<?> variants) {
    if (job.value(key.key()).isEmpty()) {
      noteMissing(key);
    }
    return optional(key, variants);
  }

  private Optional<ComponentSpec> optional(JobKey key, Variants<?> variants) {
    return job.value(key.key()).flatMap(node -> reader.component(variants, key.key(), node));
  }

  private Optional<ComponentSpec> schedule() {
    return job.value(JobKey.SCHEDULE.key()).isEmpty()
        ? Optional.of(vocabulary.schedules().spec("constant", Map.of()))
        : optional(JobKey.SCHEDULE, vocabulary.schedules());
  }

  private List<ComponentSpec> list(JobKey key, Variants<?> variants) {
    Optional<YamlNode> node = job.value(key.key());
    if (node.isEmpty()) {
      if (key.required()) {
        noteMissing(key);
      }
      return List.of();
    }
    List<ComponentSpec> components = new ArrayList<>();
    if (node.get() instanceof YamlNode.Items items && !items.nodes().isEmpty()) {
      for (int i = 0; i < items.nodes().size(); i++) {
        reader
            .component(variants, key.key() + "." + i, items.nodes().get(i))
            .ifPresent(components::add);
      }
    } else {
      problems.add(
          key.key(),
          "is not a list of one or more. Begin each "
              + variants.kind()
              + " on a line of its own with '- '.",
          job.placeOf(key.key()));
    }
    return components;
  }

  /** The group's settings; their defaults where the whole group is absent. */
  private Optional<Settings> defaulted(JobKey key, List<Setting<?>> declared) {
    Optional<YamlNode.Group> group =
        job.value(key.key()).isEmpty()
            ? Optional.of(YamlNode.Group.empty(job.placeOf(key.key())))
            : reader.group(key.key(), key.key(), job);
    return group.flatMap(g -> reader.settings(declared, key.key(), g));
  }

  /** The group's settings; empty where the whole group is absent. */
  private Optional<Settings> given(JobKey key, List<Setting<?>> declared) {
    return job.entries().containsKey(key.key()) ? defaulted(key, declared) : Optional.empty();
  }

  private void noteMissing(JobKey key) {
    problems.add(key.key(), "is missing. Add it: " + key.doc(), job.placeOf(key.key()));
  }

  private Fingerprint fingerprint(
      Optional<ShuffleSettings> shuffle,
      Optional<ValidationSpec> validation,
      List<ComponentSpec> masking,
      List<ComponentSpec> transforms,
      List<ComponentSpec> layers,
      Optional<StartFrom> startFrom,
      Optional<ComponentSpec> loss,
      Optional<ComponentSpec> optimizer,
      Optional<ComponentSpec> schedule,
      Optional<Settings> clipping,
      Optional<PrivacySpec> privacy,
      Optional<BatchShape> batch,
      Optional<EngineSettings> engine) {
    shuffle.ifPresent(
        s -> fingerprint.add("shuffle.buffer", s.buffer()).add("shuffle.seed", s.seed()));
    validation
        .filter(v -> v.fraction().isPresent())
        .ifPresent(
            v ->
                fingerprint
                    .add("validation.fraction", v.fraction().getAsDouble())
                    .add("validation.seed", v.seed()));
    if (!masking.isEmpty()) { // fingerprints from before there was any say nothing
      fingerprint.add(JobKey.MASKING.key(), masking);
    }
    privacy.ifPresent(p -> fingerprint.add(JobKey.PRIVACY.key(), p.fingerprint()));
    startFrom.ifPresent(weights -> weights.addTo(fingerprint));
    return fingerprint
        .add(JobKey.TRANSFORMS.key(), transforms)
        .add(JobKey.MODEL.key(), layers)
        .add(JobKey.LOSS.key(), loss.orElseThrow())
        .add(JobKey.OPTIMIZER.key(), optimizer.orElseThrow())
        .add(JobKey.SCHEDULE.key(), schedule.orElseThrow())
        .add(JobKey.GRADIENT_CLIPPING.key(), clipping.orElseThrow())
        .add("batch.size", batch.orElseThrow().size())
        .add("engine.shards", engine.orElseThrow().shards())
        .add("engine.seed", engine.orElseThrow().seed())
        .addUnless(UpdateMode.BATCH, "engine.update", engine.orElseThrow().update())
        .build();
  }

  private static String name(Object raw) {
    if (!(raw instanceof String name) || !name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")) {
      throw new IllegalArgumentException(
          "a name of up to 100 letters, digits, dots, dashes and underscores");
    }
    return name;
  }
}
