package io.headrace.app.follow;

import io.headrace.sink.store.CheckpointPlace;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Looks which checkpoint is the newest in a place, every so often. */
final class PolledNews implements NewsSource {
  private final CheckpointPlace place;
  private final long everyMillis;
  private long lookedAtNanos;
  private boolean looked;
  private Optional<ModelNews> newest = Optional.empty();

  /**
   * @param place closed by whoever opened it
   */
  PolledNews(CheckpointPlace place, Duration every) {
    this.place = place;
    this.everyMillis = every.toMillis();
  }

  @Override
  public Optional<ModelNews> newest(Duration longest) throws InterruptedException {
    long left = looked ? everyMillis - (System.nanoTime() - lookedAtNanos) / 1_000_000 : 0;
    if (left > longest.toMillis()) {
      Thread.sleep(longest);
      return newest;
    }
    if (left > 0) {
      Thread.sleep(left);
    }
    looked = true;
    lookedAtNanos = System.nanoTime();
    List<CheckpointPlace.Found> all = place.list();
    newest = all.isEmpty() ? Optional.empty() : Optional.of(news(all.getLast()));
    return newest;
  }

  private static ModelNews news(CheckpointPlace.Found found) {
    return new ModelNews(
        found.name(),
        found.step(),
        OptionalLong.empty(),
        found.writtenAtMillis(),
        Optional.empty(),
        false);
  }

  @Override
  public String name() {
    return place.name();
  }

  @Override
  public void close() {}
}
