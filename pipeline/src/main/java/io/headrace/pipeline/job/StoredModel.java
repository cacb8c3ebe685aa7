package io.headrace.pipeline.job;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.Trainer;
import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.ingest.FormatSettings;
import io.headrace.ingest.Rejections;
import io.headrace.ingest.Sources;
import io.headrace.ingest.decode.GrowingVocabularies;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import io.headrace.sink.export.ExportedModel;
import io.headrace.sink.seal.FileSeal;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A model as a checkpoint has it, with the job that it was learned by. Not thread-safe; whoever
 * opens it closes it.
 */
public final class StoredModel implements AutoCloseable {
  private final Checkpoint checkpoint;
  private final JobSpec job;
  private final Trainer trainer;

  private StoredModel(Checkpoint checkpoint, JobSpec job, Trainer trainer) {
    this.checkpoint = checkpoint;
    this.job = job;
    this.trainer = trainer;
  }

  /** Opens a checkpoint that is not encrypted; see {@link #open(Path, FileSeal)}. */
  public static StoredModel open(Path fileOrDirectory) {
    return open(fileOrDirectory, FileSeal.NONE);
  }

  /**
   * Opens a checkpoint: its file, or a directory for the newest that can be read.
   *
   * @param seal opens it
   * @throws HeadraceException if there is none, or it is damaged, or holds no job, or its key is
   *     not at hand
   */
  public static StoredModel open(Path fileOrDirectory, FileSeal seal) {
    Checkpoint checkpoint = DirectoryCheckpointStore.open(fileOrDirectory, seal);
    JobSpec job = job(checkpoint, fileOrDirectory.toString(), Path.of("").toAbsolutePath());
    Trainer trainer = job.newTrainer();
    trainer.restore(checkpoint);
    var vocabularies = GrowingVocabularies.of(job.sample());
    checkpoint.restore(GrowingVocabularies.STATE, vocabularies);
    return new StoredModel(checkpoint, job.withSample(vocabularies.scoring()), trainer);
  }

  /**
   * The job that a checkpoint was learned by.
   *
   * @param name what messages call the checkpoint
   * @param data where relative data paths of the job start
   * @throws HeadraceException if it holds none, or none that this version understands
   */
  static JobSpec job(Checkpoint checkpoint, String name, Path data) {
    String yaml = checkpoint.values().get(JobCheckpoints.YAML);
    if (yaml == null) {
      throw new HeadraceException(
          "Checkpoint %s does not hold the job it was learned by. Only checkpoints that headrace run or demo wrote can be opened."
              .formatted(name));
    }
    return JobFile.parse("job of " + name, yaml, List.of(), data);
  }

  public Checkpoint checkpoint() {
    return checkpoint;
  }

  public JobSpec job() {
    return job;
  }

  public Trainer trainer() {
    return trainer;
  }

  /** What others need to use the model: its layers and weights, and how the job prepares inputs. */
  public ExportedModel exported() {
    return ExportedModel.of(job.modelSpec(), checkpoint, JobPreparation.of(job));
  }

  /** Scores every labelled sample of a file. */
  public HeldOut.Scores evaluate(Path data) {
    return HeldOut.evaluate(job, "data", file(data), trainer);
  }

  /**
   * Decodes every record of a file that has no labels, or whose labels do not matter.
   *
   * @param block given each block, which is used again after it returns
   */
  public void forEachUnlabelled(Path data, Rejections rejections, Consumer<SampleBlock> block) {
    JobSpec unlabelled = job.withSample(job.sample().withoutLabel());
    HeldOut.forEach(unlabelled, "input", file(data), rejections, block);
  }

  /** A file as the job's source reads one: its format by its ending, the rest as in the job. */
  private ComponentSpec file(Path data) {
    Map<String, Object> raw = new HashMap<>();
    raw.put("path", data.toAbsolutePath().toString());
    String format = format(data);
    raw.put("format", format);
    if (format.equals("csv") && FormatSettings.format(job.source().settings()).equals("csv")) {
      raw.put("delimiter", job.source().settings().value(FormatSettings.DELIMITER));
      job.source()
          .settings()
          .optional(FormatSettings.COLUMNS)
          .ifPresent(
              columns -> {
                raw.put("columns", columns);
                raw.put("header", false);
              });
    }
    if (format.equals("vw")) {
      job.source()
          .settings()
          .optional(FormatSettings.HASH)
          .ifPresent(hash -> raw.put(FormatSettings.HASH.name(), hash));
    }
    if (format.equals("text-window")) {
      Map<String, Object> given = job.source().settings().asMap();
      raw.put("window", given.get("window"));
      raw.put("stride", given.get("stride"));
    }
    return Sources.variants().spec("file", raw);
  }

  private String format(Path data) {
    String name = data.toString();
    for (String format : List.of("avro", "parquet", "csv", "jsonl", "vw", "libsvm")) {
      if (name.endsWith("." + format)) {
        return format;
      }
    }
    return FormatSettings.format(job.source().settings());
  }

  @Override
  public void close() {
    trainer.close();
  }
}
