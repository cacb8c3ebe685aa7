package io.headrace.pipeline.job;

import io.headrace.engine.DivergencePolicy;
import io.headrace.engine.ModelSpec;
import io.headrace.engine.Trainer;
import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.optimizer.GradientClipping;
import io.headrace.engine.privacy.PrivacySpec;
import io.headrace.engine.seal.BlockSeal;
import io.headrace.ingest.decode.SampleMapping;
import io.headrace.pipeline.batch.BatchShape;
import io.headrace.sink.ArchiveSettings;
import io.headrace.sink.CheckpointSettings;
import io.headrace.sink.DeadLetterSettings;
import io.headrace.sink.MetricsSettings;
import io.headrace.sink.seal.EncryptionSettings;
import io.headrace.sink.seal.FileSeal;
import io.headrace.sink.seal.KeyRing;
import io.headrace.sink.trace.TraceSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A job, checked: everything its file and the command line say, defaults filled in. Immutable.
 *
 * @param baseDirectory what relative data paths of sources are resolved against: the directory of
 *     the job file unless the command line names another
 * @param epochs how often the source is read
 * @param shuffle in which order; empty for that of the source
 * @param test source of held-out samples
 * @param startFrom weights to begin with where there is no checkpoint; empty for drawn ones
 * @param masking what is done to records before anything else is
 * @param checkpoints relative directories in it and in {@code metrics} and {@code deadLetters} are
 *     resolved against the directory that the process runs in: they belong to the run, not to the
 *     data
 * @param privacy how much may be learned of a single sample; empty for no bound
 * @param generate what text the model writes as it learns; empty for none
 * @param serve how the model predicts while it is learned; empty where it does not
 * @param archive where what is learned from is kept; empty where it is not
 * @param encryption with which keys what it keeps on disk is encrypted; empty where it is not
 * @param traces which chunks are followed; empty for none
 * @param access who may use the page and the API; empty where they are open
 * @param fingerprint every setting that decides what is learned
 * @param yaml the job file with the command line's settings in it: {@link JobFile#parse} makes an
 *     equal job of it
 */
public record JobSpec(
    String name,
    Path baseDirectory,
    ComponentSpec source,
    int epochs,
    Optional<ShuffleSettings> shuffle,
    Optional<ValidationSpec> validation,
    Optional<EarlyStopping> earlyStopping,
    Optional<ComponentSpec> test,
    List<ComponentSpec> masking,
    SampleMapping sample,
    List<ComponentSpec> transforms,
    List<ComponentSpec> layers,
    Optional<StartFrom> startFrom,
    ComponentSpec loss,
    ComponentSpec optimizer,
    ComponentSpec schedule,
    GradientClipping clipping,
    Optional<PrivacySpec> privacy,
    DivergencePolicy onDivergence,
    BatchShape batch,
    EngineSettings engine,
    CheckpointSettings checkpoints,
    Optional<GenerateSettings> generate,
    MetricsSettings metrics,
    DeadLetterSettings deadLetters,
    RejectionSettings rejectionLimit,
    Optional<ServeSettings> serve,
    Optional<ArchiveSettings> archive,
    Optional<EncryptionSettings> encryption,
    Optional<TraceSettings> traces,
    Optional<AccessSettings> access,
    Fingerprint fingerprint,
    String yaml,
    JobPlaces places) {
  public JobSpec {
    masking = List.copyOf(masking);
    transforms = List.copyOf(transforms);
    layers = List.copyOf(layers);
  }

  /** The same job on records that are mapped otherwise. */
  JobSpec withSample(SampleMapping other) {
    return with(source, other);
  }

  /** The same job on records that come from elsewhere. */
  JobSpec withSource(ComponentSpec other) {
    return with(other, sample);
  }

  private JobSpec with(ComponentSpec otherSource, SampleMapping otherSample) {
    return new JobSpec(
        name,
        baseDirectory,
        otherSource,
        epochs,
        shuffle,
        validation,
        earlyStopping,
        test,
        masking,
        otherSample,
        transforms,
        layers,
        startFrom,
        loss,
        optimizer,
        schedule,
        clipping,
        privacy,
        onDivergence,
        batch,
        engine,
        checkpoints,
        generate,
        metrics,
        deadLetters,
        rejectionLimit,
        serve,
        archive,
        encryption,
        traces,
        access,
        fingerprint,
        yaml,
        places);
  }

  /**
   * How what the job keeps comes to the disk and back.
   *
   * @throws io.headrace.engine.error.HeadraceException if its keys cannot be read
   */
  public FileSeal seal() {
    return encryption.map(KeyRing::open).map(FileSeal::of).orElse(FileSeal.NONE);
  }

  /** The same for files that the job adds to. */
  public BlockSeal blockSeal() {
    return seal().blocks(Optional.of(name));
  }

  /** Everything that decides what is learned from the samples, as the trainer takes it. */
  public ModelSpec modelSpec() {
    return new ModelSpec(
        JobTransforms.of(this).schema(),
        layers,
        loss,
        optimizer,
        schedule,
        clipping,
        privacy,
        engine.update(),
        batch.size(),
        engine.shards(),
        engine.seed());
  }

  /**
   * A trainer for this job, at its first step.
   *
   * @throws io.headrace.engine.error.HeadraceException if layers, loss and inputs do not fit
   *     together; the message names the layer's line
   */
  public Trainer newTrainer() {
    try {
      return new Trainer(modelSpec(), engine.threads(), onDivergence, engine.mode());
    } catch (InvalidSettingException e) {
      throw places.located(e);
    }
  }
}
