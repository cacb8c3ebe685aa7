package io.headrace.app.follow;

import io.headrace.app.http.ServedJob;
import io.headrace.app.run.LastCheckpoint;
import io.headrace.engine.TrainEvent;
import io.headrace.engine.error.HeadraceException;
import io.headrace.pipeline.job.JobBrokers;
import io.headrace.pipeline.job.JobSpec;
import io.headrace.pipeline.job.ServeSettings;
import io.headrace.pipeline.serve.RequestCounts;
import io.headrace.sink.AnnounceSettings;
import io.headrace.sink.checkpoint.DirectoryLock;
import io.headrace.sink.seal.PublicKeys;
import io.headrace.sink.store.CheckpointPlace;
import io.headrace.sink.store.CopiesFolder;
import io.headrace.sink.store.DirectoryPlace;
import io.headrace.sink.store.FetchedPlace;
import io.headrace.sink.store.S3Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the newest model of a job that another process trains. News come from the topic of {@code
 * checkpoints.announce}, or from looking into the place of checkpoints; models come from that
 * place: {@code checkpoints.store}, or {@code checkpoints.directory} where there is no store.
 * Thread-safe; whoever starts it closes it.
 */
public final class Follower implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Follower.class);
  private static final Duration TURN = Duration.ofMillis(500);
  private static final Duration END = Duration.ofSeconds(30);

  /**
   * How it is to follow.
   *
   * @param cache folder for copies of what is in a store, kept for the next start; empty for one
   *     that is removed at the end
   * @param poll how often to look for news, where nobody announces them
   * @param older whether an older model than the one that is served may take its place
   * @param publicKeys of those whose announcements are followed; empty for everybody's
   */
  public record Options(
      Optional<Path> cache, Duration poll, boolean older, Optional<Path> publicKeys) {}

  private final List<AutoCloseable> open = new ArrayList<>();
  private final FollowedJob served;
  private final ModelFollower follower;
  private final Thread thread;

  private Follower(JobSpec job, Options options) {
    try {
      var events = new LastCheckpoint();
      BiConsumer<String, String> alerts =
          (code, message) ->
              events.accept(
                  new TrainEvent.Alert(job.name(), code, message, InstantSource.system().millis()));
      Optional<Path> cache = cache(job, options);
      CheckpointPlace place = place(job, cache);
      open.add(place);
      Optional<AnnouncementTrust> trust =
          options.publicKeys().map(file -> new AnnouncementTrust(PublicKeys.open(file), alerts));
      NewsSource news = news(job, options, place, trust, alerts);
      open.add(news);
      var counts = new RequestCounts();
      int maxRequestBytes = job.serve().orElse(ServeSettings.DEFAULT).maxRequestBytes();
      follower =
          new ModelFollower(
              new ModelFollower.Parts(
                  job.name(),
                  news,
                  place,
                  job.seal(),
                  job.baseDirectory(),
                  counts,
                  maxRequestBytes,
                  options.older(),
                  alerts,
                  InstantSource.system()));
      cache.ifPresent(folder -> follower.startWith(new DirectoryPlace(folder)));
      served = new FollowedJob(job, news.name(), follower, trust, counts, maxRequestBytes, events);
      thread = Thread.ofPlatform().daemon().name("headrace-follow").start(this::follow);
    } catch (RuntimeException e) {
      closeAll();
      throw e;
    }
  }

  /**
   * Starts to follow; it need not find anything yet.
   *
   * @throws HeadraceException if the job keeps no checkpoints, or a part cannot be made
   */
  public static Follower start(JobSpec job, Options options) {
    return new Follower(job, options);
  }

  /** What a service is given of it. */
  public ServedJob served() {
    return served;
  }

  /** Whether somebody asked over HTTP that the process ends. */
  public boolean isStopRequested() {
    return served.isStopRequested();
  }

  /** How it stands, in a line for a person. */
  public String line() {
    return served.line();
  }

  private Optional<Path> cache(JobSpec job, Options options) {
    if (job.checkpoints().store().isEmpty()) {
      return Optional.empty();
    }
    try {
      if (options.cache().isEmpty()) {
        CopiesFolder folder = CopiesFolder.temporary();
        open.add(folder);
        return Optional.of(folder.path());
      }
      Path folder = options.cache().get();
      Files.createDirectories(folder);
      open.add(DirectoryLock.hold(folder));
      return Optional.of(folder);
    } catch (IOException e) {
      throw new HeadraceException(
          "There is no folder for copies of models: %s. Name one with --cache.".formatted(e), e);
    }
  }

  private static CheckpointPlace place(JobSpec job, Optional<Path> cache) {
    if (cache.isPresent()) {
      return new FetchedPlace(S3Store.open(job.checkpoints().store().orElseThrow()), cache.get());
    }
    return job.checkpoints()
        .directory()
        .map(DirectoryPlace::new)
        .orElseThrow(
            () ->
                new HeadraceException(
                    "%s: the job keeps no checkpoints, so there is no model to follow. Give it checkpoints: {directory: ...}, or {store: {url: ...}}."
                        .formatted(job.name())));
  }

  private static NewsSource news(
      JobSpec job,
      Options options,
      CheckpointPlace place,
      Optional<AnnouncementTrust> trust,
      BiConsumer<String, String> alerts) {
    Optional<AnnounceSettings> announce = job.checkpoints().announce();
    if (announce.isEmpty() && trust.isPresent()) {
      throw new HeadraceException(
          "%s announces nothing that could be signed. Give it checkpoints: {announce: {topic: ..., sign: ...}}, or follow without --keys."
              .formatted(job.name()));
    }
    if (trust.isEmpty() && announce.flatMap(AnnounceSettings::sign).isPresent()) {
      LOG.warn(
          "{}: announcements are signed, and no signature is looked at. Give the public keys: --keys PUBLIC.",
          job.name());
    }
    return announce.isPresent()
        ? new AnnouncedNews(
            job.name(),
            announce.get().topic(),
            JobBrokers.of(job, announce.get().brokers()),
            trust,
            alerts)
        : new PolledNews(place, options.poll());
  }

  private void follow() {
    try {
      while (!Thread.interrupted()) {
        follower.turn(TURN);
      }
    } catch (InterruptedException end) {
      LOG.debug("{} is not followed any more", served.name(), end);
    }
  }

  /** Follows no more; a model that is being fetched is waited for, 30 s at most. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      if (!thread.join(END)) {
        LOG.warn("{}: a model is still being fetched, and is given up", served.name());
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    closeAll();
  }

  private void closeAll() {
    for (AutoCloseable each : open.reversed()) {
      try {
        each.close();
      } catch (Exception e) {
        LOG.warn("{} was not closed in order: {}", each, e.toString());
      }
    }
  }
}
