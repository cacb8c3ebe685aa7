package io.headrace.pipeline.job;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.ingest.decode.GrowingVocabularies;
import io.headrace.ingest.decode.InputMapping;
import io.headrace.pipeline.decode.RejectionLog;
import io.headrace.sink.DeadLetterSink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.List;
import java.util.SortedMap;

/**
 * Writes the samples of a job's source, as they are before its transforms, to a container of
 * canonical samples, which the same job reads several times as fast as text. Stateless.
 */
public final class JobConversion {
  private JobConversion() {}

  /**
   * What became of the source's records.
   *
   * @param rejected by reason code
   */
  public record Outcome(long samples, SortedMap<String, Long> rejected) {}

  /**
   * Converts all of the source. The file appears under its name once it is whole; records that
   * cannot become samples go to the job's dead letters.
   *
   * @throws HeadraceException if the source does not end by itself, the job has inputs of tokens or
   *     images, or a file cannot be read or written
   */
  public static Outcome convert(JobSpec job, Path to) {
    if (!JobSources.ends(job)) {
      throw new HeadraceException(
          "source %s does not end by itself, so that it cannot be converted. Name files as the source, or set source.kafka.stop-at-end"
              .formatted(job.source().name()));
    }
    job.sample().inputs().forEach(JobConversion::requireKept);
    Path part = to.resolveSibling(to.getFileName() + ".part");
    try (DeadLetterSink letters = JobSinks.deadLetters(job, job.blockSeal())) {
      var rejections = new RejectionLog(job.name(), letters, InstantSource.system());
      long samples = write(job, part, rejections);
      letters.flush();
      Files.move(part, to, StandardCopyOption.ATOMIC_MOVE);
      return new Outcome(samples, rejections.byReason());
    } catch (IOException | UncheckedIOException e) {
      throw new HeadraceException("writing " + to + " failed: " + e, e);
    }
  }

  private static void requireKept(InputMapping input) {
    String kind =
        switch (input) {
          case InputMapping.Tokens _ -> "tokens";
          case InputMapping.Image _ -> "an image";
          default -> "";
        };
    if (!kind.isEmpty()) {
      throw new HeadraceException(
          "input %s is %s, and only dense and sparse inputs are converted. Name the source's own files in the job instead"
              .formatted(input.name(), kind));
    }
  }

  private static long write(JobSpec job, Path to, RejectionLog rejections) throws IOException {
    var vocabularies = GrowingVocabularies.of(job.sample());
    JobSpec learning = job.withSample(vocabularies.learning());
    var reading =
        new HeldOut.Reading(
            JobSources.plain(job, job.source()),
            JobDecoders.of(learning, "source", job.source()),
            List.of());
    long[] samples = {0};
    try (var file = new CanonicalFile(to, job.sample().schema())) {
      HeldOut.forEach(
          job,
          reading,
          rejections,
          block -> {
            vocabularies.settle(block);
            add(file, block);
            samples[0] += block.size();
          });
    }
    return samples[0];
  }

  private static void add(CanonicalFile file, SampleBlock block) {
    try {
      file.add(block);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
