package io.headrace.pipeline.job;

import io.headrace.engine.Trainer;
import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.metric.Calibration;
import io.headrace.engine.metric.OnlineEvaluation;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.Rejections;
import io.headrace.ingest.SampleDecoder;
import io.headrace.ingest.SampleSource;
import io.headrace.pipeline.transform.Transform;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Runs a finite source through a trained model, without learning. Stateless. */
public final class HeldOut {
  private HeldOut() {}

  /**
   * What a model makes of samples it does not learn from.
   *
   * @param samples rows scored
   * @param rejected records that could not become samples
   * @param total metrics over all rows
   * @param classes names of the classes, in the order of {@code confusion}; empty for numbers
   * @param confusion counts, row = true class, column = predicted class, row-major; empty for
   *     numbers and for very many classes
   * @param calibration how often what was predicted came true, by its probability; empty for
   *     numbers
   */
  public record Scores(
      long samples,
      long rejected,
      SortedMap<String, Double> total,
      List<String> classes,
      List<Long> confusion,
      List<Calibration.Bin> calibration) {
    public Scores {
      classes = List.copyOf(classes);
      confusion = List.copyOf(confusion);
      calibration = List.copyOf(calibration);
    }
  }

  /**
   * Scores every sample of {@code source} against its label.
   *
   * @param path of the source in the job, for messages
   */
  public static Scores evaluate(JobSpec job, String path, ComponentSpec source, Trainer trainer) {
    return evaluate(job, Reading.of(job, path, source, List.of()), trainer);
  }

  /** Scores every sample of a reading against its label. */
  static Scores evaluate(JobSpec job, Reading reading, Trainer trainer) {
    var evaluation = new OnlineEvaluation(job.sample().label().spec(), trainer.outputWidth());
    var counted = new long[2];
    forEach(
        job,
        reading,
        (chunk, record, reason, detail) -> {},
        block -> {
          trainer.evaluate(block, evaluation);
          counted[0] += block.size();
          counted[1] += block.rejected();
        });
    List<String> classes =
        job.sample().label().spec() instanceof LabelSpec.Classes(List<String> names)
            ? names
            : List.of();
    return new Scores(
        counted[0],
        counted[1],
        evaluation.total(),
        classes,
        evaluation.confusion(),
        evaluation.calibration().total());
  }

  /**
   * Samples to go through.
   *
   * @param transforms what is done to them, in order
   */
  record Reading(
      SampleSource source, Supplier<SampleDecoder> decoders, List<Transform> transforms) {
    /**
     * The samples of a source that the job describes.
     *
     * @param path of the source in the job, for messages
     * @param first what is done to samples before the job's transforms
     */
    static Reading of(JobSpec job, String path, ComponentSpec source, List<Transform> first) {
      return of(job, JobSources.plain(job, source), JobDecoders.of(job, path, source), first);
    }

    static Reading of(
        JobSpec job, SampleSource source, Supplier<SampleDecoder> decoders, List<Transform> first) {
      List<Transform> transforms = new ArrayList<>(first);
      JobTransforms.of(job).transforms().stream()
          .filter(transform -> !transform.trainingOnly())
          .forEach(transforms::add);
      return new Reading(source, decoders, transforms);
    }
  }

  /**
   * Decodes and transforms every record of a finite source, block after block; transforms that are
   * for training only are left out.
   *
   * @param block given each block, which is used again after it returns
   */
  public static void forEach(
      JobSpec job,
      String path,
      ComponentSpec source,
      Rejections rejections,
      Consumer<SampleBlock> block) {
    forEach(job, Reading.of(job, path, source, List.of()), rejections, block);
  }

  /** Gives every block of a reading to {@code block}. */
  static void forEach(
      JobSpec job, Reading reading, Rejections rejections, Consumer<SampleBlock> block) {
    SampleDecoder decoder = reading.decoders().get();
    var rows = new SampleBlock(job.sample().schema(), 1024);
    for (RecordChunk chunk : reading.source().chunks(Positions.START).toIterable(1)) {
      if (chunk.count() > rows.capacity()) {
        rows = new SampleBlock(job.sample().schema(), chunk.count());
      }
      rows.start(chunk.partition(), chunk.firstPosition());
      decoder.decode(chunk, rows, rejections);
      chunk.release();
      for (Transform transform : reading.transforms()) {
        transform.apply(rows);
      }
      block.accept(rows);
    }
  }
}
