package io.headrace.app.follow;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.state.Tensor;
import io.headrace.pipeline.job.CheckpointModel;
import io.headrace.pipeline.serve.RequestCounts;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import io.headrace.sink.seal.FileSeal;
import io.headrace.sink.store.CheckpointPlace;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the newest model of a job each time that there is one: fetched, verified and ready to
 * predict before it takes the place of the one before, which stays whenever something is wrong. One
 * thread takes turns; {@link #standing} and {@link #hold} are for any.
 */
final class ModelFollower {
  private static final Logger LOG = LoggerFactory.getLogger(ModelFollower.class);
  private static final long FIRST_RETRY_MILLIS = 1_000;
  private static final long LAST_RETRY_MILLIS = 60_000;

  /** Models larger than this are worth asking the collector to free the one before. */
  private static final long LARGE_BYTES = 64L << 20;

  /**
   * What a follower is made of.
   *
   * @param job whose models are taken
   * @param data where relative paths of the job in a checkpoint start
   * @param maxRequestBytes of a request's body
   * @param older whether an older model than the one that is served may take its place
   * @param alerts told, with a code, what an operator should know
   */
  record Parts(
      String job,
      NewsSource news,
      CheckpointPlace place,
      FileSeal seal,
      Path data,
      RequestCounts counts,
      int maxRequestBytes,
      boolean older,
      BiConsumer<String, String> alerts,
      InstantSource clock) {}

  /**
   * How things stand.
   *
   * @param served empty before the first
   * @param newest that is known; empty before the first
   * @param behindSinceMillis when a newer one than the served was first heard of; 0 while there is
   *     none
   * @param taken models that were served so far
   * @param failures to take one; each is tried again
   * @param refused models that are older than the one that is served
   * @param heard whether news came when they were last asked for
   * @param problem why the newest is not served; empty if it is, or will be in a moment
   */
  record Standing(
      Optional<FollowedModel> served,
      Optional<ModelNews> newest,
      long behindSinceMillis,
      long taken,
      long failures,
      long refused,
      boolean heard,
      String problem) {
    static final Standing FIRST =
        new Standing(Optional.empty(), Optional.empty(), 0, 0, 0, 0, true, "");

    private Standing heard(Optional<ModelNews> news, boolean behind, long now) {
      long since = behindSinceMillis == 0 ? now : behindSinceMillis;
      return new Standing(
          served,
          news,
          behind ? since : 0,
          taken,
          failures,
          refused,
          true,
          news.equals(newest) ? problem : "");
    }

    private Standing unheard() {
      return new Standing(
          served, newest, behindSinceMillis, taken, failures, refused, false, problem);
    }

    private Standing with(FollowedModel model) {
      return new Standing(Optional.of(model), newest, 0, taken + 1, failures, refused, heard, "");
    }

    private Standing failed(String why) {
      return new Standing(
          served, newest, behindSinceMillis, taken, failures + 1, refused, heard, why);
    }

    private Standing refused(String why) {
      return new Standing(
          served, newest, behindSinceMillis, taken, failures, refused + 1, heard, why);
    }
  }

  private final Parts parts;
  private volatile Standing standing = Standing.FIRST;
  private volatile boolean held;

  /** The turns' own. */
  private long notBeforeMillis;

  private int failuresInTurn;
  private boolean unheardTold;
  private @Nullable ModelNews refused;

  ModelFollower(Parts parts) {
    this.parts = parts;
  }

  Standing standing() {
    return standing;
  }

  boolean isHeld() {
    return held;
  }

  /** Goes on with the model that is served, or follows again; false if it was so already. */
  synchronized boolean hold(boolean hold) {
    boolean changed = held != hold;
    held = hold;
    return changed;
  }

  /**
   * Hears news, for at most {@code longest} if there are none, and takes the newest model if it is
   * another one. Whatever goes wrong is told, counted and tried again at a later turn.
   */
  void turn(Duration longest) throws InterruptedException {
    if (hear(longest)) {
      standing.newest().ifPresent(this::follow);
    }
  }

  private boolean hear(Duration longest) throws InterruptedException {
    try {
      Optional<ModelNews> before = standing.newest();
      Optional<ModelNews> news = parts.news().newest(longest);
      boolean behind = news.filter(newest -> !isServed(newest) && !isTooOld(newest)).isPresent();
      standing = standing.heard(news, behind, now());
      if (!before.equals(standing.newest())) {
        notBeforeMillis = 0; // what failed was another one
        failuresInTurn = 0;
      }
      unheardTold = false;
      return true;
    } catch (HeadraceException silent) {
      standing = standing.unheard();
      if (!unheardTold) {
        unheardTold = true;
        alert(
            "no-news",
            "Whether there is a newer model is not known: %s The model that is served stays."
                .formatted(sentence(silent)));
      }
      Thread.sleep(Math.min(longest.toMillis(), FIRST_RETRY_MILLIS));
      return false;
    }
  }

  private void follow(ModelNews newest) {
    if (held || isServed(newest) || now() < notBeforeMillis) {
      return;
    }
    if (isTooOld(newest)) {
      refuse(newest, standing.served().orElseThrow().news());
      return;
    }
    try {
      take(newest, parts.place());
    } catch (RuntimeException fault) {
      failed(newest, fault);
    }
  }

  private boolean isServed(ModelNews newest) {
    return standing.served().filter(model -> model.news().isOf(newest)).isPresent();
  }

  private boolean isTooOld(ModelNews newest) {
    return !parts.older()
        && !newest.restored()
        && standing.served().filter(model -> newest.isOlderThan(model.news())).isPresent();
  }

  private void refuse(ModelNews newest, ModelNews served) {
    if (newest.equals(refused)) {
      return; // and it was told
    }
    refused = newest;
    String why =
        "%s is older than %s, which is served, and is not taken. If the job was taken back, its next checkpoint is; to serve older ones at once, start with --allow older."
            .formatted(newest.checkpoint(), served.checkpoint());
    standing = standing.refused(why);
    alert("older-model", why);
  }

  /**
   * Serves the newest of the copies that an earlier process left, where nothing is served yet: the
   * store may be away. What cannot be used is passed over, for the store decides.
   */
  void startWith(CheckpointPlace copies) {
    List<CheckpointPlace.Found> all = copies.list();
    if (all.isEmpty()) {
      return;
    }
    CheckpointPlace.Found found = all.getLast();
    try {
      take(
          new ModelNews(
              found.name(),
              found.step(),
              OptionalLong.empty(),
              found.writtenAtMillis(),
              Optional.empty(),
              false),
          copies);
    } catch (RuntimeException unusable) {
      LOG.warn("The copy of {} is not used: {}", found.name(), unusable.getMessage());
    }
  }

  private void take(ModelNews newest, CheckpointPlace from) {
    Path file = from.file(newest.checkpoint());
    Checkpoint checkpoint = verified(newest, file, from);
    if (!checkpoint.job().equals(parts.job())) {
      throw new HeadraceException(
          "%s belongs to the job %s, not %s. Give each job a store of its own."
              .formatted(newest.checkpoint(), checkpoint.job(), parts.job()));
    }
    CheckpointModel model =
        CheckpointModel.of(
            checkpoint, file.toString(), parts.data(), parts.counts(), parts.maxRequestBytes());
    Optional<FollowedModel> before = standing.served();
    standing =
        standing.with(new FollowedModel(model, newest, checkpoint.ledger().trained(), now()));
    failuresInTurn = 0;
    refused = null;
    before.ifPresent(old -> tellIfOther(model.differencesFrom(old.model()), newest));
    from.keepOnly(newest.checkpoint());
    free(checkpoint);
  }

  /** A copy that is damaged is not used again: what was damaged may be the way here. */
  private Checkpoint verified(ModelNews newest, Path file, CheckpointPlace from) {
    try {
      return newest.sha256().isPresent()
          ? DirectoryCheckpointStore.open(file, parts.seal(), newest.sha256().get())
          : DirectoryCheckpointStore.open(file, parts.seal());
    } catch (HeadraceException damaged) {
      from.forget(newest.checkpoint());
      throw damaged;
    }
  }

  private void tellIfOther(List<String> differences, ModelNews newest) {
    if (!differences.isEmpty()) {
      alert(
          "job-changed",
          "%s was learned by a job with other settings, and requests are read by those from now on: %s."
              .formatted(newest.checkpoint(), String.join("; ", differences)));
    }
  }

  /**
   * Memory of models is none of the heap, and freed when the collector finds that nobody refers to
   * it; in a process that makes little garbage it would not look for hours.
   */
  private static void free(Checkpoint checkpoint) {
    long bytes =
        checkpoint.tensors().values().stream()
            .map(Tensor::data)
            .mapToLong(MemorySegment::byteSize)
            .sum();
    if (bytes > LARGE_BYTES) {
      System.gc();
    }
  }

  private void failed(ModelNews newest, RuntimeException fault) {
    long wait = Math.min(FIRST_RETRY_MILLIS << Math.min(failuresInTurn, 6), LAST_RETRY_MILLIS);
    notBeforeMillis = now() + wait;
    String why =
        "%s could not be taken: %s"
            .formatted(
                newest.checkpoint(),
                fault instanceof HeadraceException ? sentence(fault) : fault.toString());
    standing = standing.failed(why);
    if (failuresInTurn++ == 0) {
      String stays =
          standing
              .served()
              .map(model -> model.news().checkpoint() + " is served on")
              .orElse("none is served yet");
      alert("model-failed", "%s %s, and this one is tried again.".formatted(why, stays));
    }
  }

  private static String sentence(RuntimeException fault) {
    String text = String.valueOf(fault.getMessage()).strip();
    return text.endsWith(".") ? text : text + ".";
  }

  private void alert(String code, String message) {
    parts.alerts().accept(code, message);
  }

  private long now() {
    return parts.clock().millis();
  }
}
