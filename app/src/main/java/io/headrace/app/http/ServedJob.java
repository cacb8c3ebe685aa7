package io.headrace.app.http;

import io.headrace.ingest.push.PushIntake;
import io.headrace.sink.seal.FileSeal;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a service shows of a job and lets people do with it. Asked anew at each request, by several
 * threads: what takes samples in or predicts may be another one after a while.
 */
public interface ServedJob {
  /** Its own among the jobs of a service, and its address. */
  String name();

  JobStatusSource status();

  JobControl control();

  /** Folder of its checkpoints; empty where it keeps none. */
  Optional<Path> checkpoints();

  /** Opens what the job keeps on disk. */
  FileSeal seal();

  /** Takes samples at {@code POST /api/v1/samples}; empty where samples come otherwise. */
  Optional<PushIntake> intake();

  /** Answers {@code POST /api/v1/predict}; empty where the job does not predict. */
  Optional<ServedPredictions> predictions();

  /** Its records that could not become samples; empty where they are not kept. */
  Optional<ServedLetters> deadLetters();

  /** What happened, newest first: more of it than the status has. */
  List<JobStatus.Event> events();

  /** Bytes of the largest body that it takes; 0 if it takes none. */
  default int maxRequestBytes() {
    return Math.max(
        intake().map(PushIntake::maxRequestBytes).orElse(0),
        predictions().map(served -> served.model().maxRequestBytes()).orElse(0));
  }
}
