package io.headrace.app.follow;

import static io.headrace.app.follow.TrainedElsewhere.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.app.CommandLineRun;
import io.headrace.app.http.JobStatus;
import io.headrace.app.http.ServedJob;
import io.headrace.engine.error.HeadraceException;
import io.headrace.pipeline.job.JobSpec;
import io.headrace.pipeline.serve.Prediction;
import io.headrace.pipeline.serve.RequestCounts;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.ObjectStoreSettings;
import io.headrace.sink.seal.FileSeal;
import io.headrace.sink.store.FetchedPlace;
import io.headrace.sink.store.ObjectStore;
import io.headrace.sink.store.S3Server;
import io.headrace.sink.store.S3Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes that look for newer models in the place of checkpoints. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FollowedStoreTest {
  private static final Follower.Options OPTIONS =
      new Follower.Options(Optional.empty(), Duration.ofMillis(20), false, Optional.empty());

  @TempDir private Path folder;

  private static JobStatus.Following following(ServedJob served) {
    return Objects.requireNonNull(served.status().status().following());
  }

  private static List<String> codes(ServedJob served) {
    return served.events().stream().map(JobStatus.Event::code).toList();
  }

  @Test
  void anOlderModelIsTakenOnlyWhenThatIsAllowed() throws Exception {
    try (var trained = TrainedElsewhere.start(folder, "one", 2);
        var follower = Follower.start(trained.job, OPTIONS);
        var lenient =
            Follower.start(
                trained.job,
                new Follower.Options(Optional.empty(), OPTIONS.poll(), true, Optional.empty()))) {
      CheckpointStore.Entry first = trained.learn(200);
      trained.assertFollowedBy(follower.served(), first);
      CheckpointStore.Entry second = trained.learn(100);
      trained.assertFollowedBy(follower.served(), second);
      trained.assertFollowedBy(lenient.served(), second);

      Files.delete(trained.file(second));
      await(() -> following(follower.served()).refused() > 0);
      assertThat(follower.line())
          .contains("serves step " + second.step(), first.name() + " is older than");
      assertThat(codes(follower.served())).contains("older-model");
      assertThat(following(follower.served()).lagSeconds()).isZero();
      await(
          () ->
              TrainedElsewhere.ask(lenient.served()) instanceof Prediction.Made made
                  && made.step() == first.step());
      trained.assertFollowedBy(follower.served(), trained.learn(100));
    }
  }

  @Test
  void aChangedJobIsServedByItsOwnFeatures() throws Exception {
    JobSpec before;
    CheckpointStore.Entry old;
    try (var trained = TrainedElsewhere.start(folder, "one", 2)) {
      old = trained.learn(200);
      before = trained.job;
    }
    try (var follower = Follower.start(before, OPTIONS)) {
      ServedJob served = follower.served();
      await(() -> TrainedElsewhere.ask(served) instanceof Prediction.Made);
      try (var changed =
          TrainedElsewhere.startChanged(folder, "one", 2, "sample.inputs.x.dense.fields=[a, b]")) {
        CheckpointStore.Entry newer = changed.learn(104); // the end of the other took the rest
        assertThat(newer.step()).isGreaterThan(old.step());
        changed.assertFollowedBy(served, newer);
      }
      assertThat(codes(served)).contains("job-changed");
      assertThat(served.events().getFirst().message()).contains("fields");
    }
  }

  @Test
  void anEncryptedModelNeedsItsKeysAndNothingElseIsTakenThen() throws Exception {
    Path keys = folder.resolve("keys.json");
    Path others = folder.resolve("others.json");
    for (Path file : List.of(keys, others)) {
      CommandLineRun.of("keys", "create", file).mustSucceed();
    }
    try (var trained = TrainedElsewhere.start(folder, "one", 2, "encryption.keys=" + keys)) {
      CheckpointStore.Entry first = trained.learn(200);
      try (var follower = Follower.start(trained.job, OPTIONS)) {
        trained.assertFollowedBy(follower.served(), first);
      }
      for (JobSpec without :
          List.of(
              TrainedElsewhere.job(folder, "one"),
              TrainedElsewhere.job(folder, "one", "encryption.keys=" + others))) {
        try (var follower = Follower.start(without, OPTIONS)) {
          await(() -> following(follower.served()).failures() > 0);
          assertThat(follower.line()).contains("no model has come yet", "key");
        }
      }
    }
    try (var plain = TrainedElsewhere.start(folder, "two", 2)) {
      plain.learn(100);
      JobSpec sealed = TrainedElsewhere.job(folder, "two", "encryption.keys=" + keys);
      try (var follower = Follower.start(sealed, OPTIONS)) {
        await(() -> following(follower.served()).failures() > 0);
        assertThat(follower.line()).contains("it is not encrypted");
      }
    }
  }

  private String store(ObjectStoreSettings settings) {
    return "checkpoints.store={url: 's3://%s/%s', endpoint: '%s', region: us-east-1, credentials-file: '%s'}"
        .formatted(
            settings.bucket(),
            settings.prefix(),
            settings.endpoint().orElseThrow(),
            settings.credentialsFile().orElseThrow());
  }

  /** Fails each third call. */
  private static ObjectStore failing(ObjectStore store, AtomicLong calls, AtomicLong failed) {
    return (ObjectStore)
        Proxy.newProxyInstance(
            ObjectStore.class.getClassLoader(),
            new Class<?>[] {ObjectStore.class},
            (proxy, method, arguments) -> {
              if (!List.of("close", "name").contains(method.getName())
                  && calls.incrementAndGet() % 3 == 0) {
                failed.incrementAndGet();
                throw new HeadraceException("The store is busy.");
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void modelsComeFromABucketThatFailsEachThirdCallAndFromCopiesWhileItIsAway() throws Exception {
    var cached =
        new Follower.Options(
            Optional.of(folder.resolve("cache")), OPTIONS.poll(), false, Optional.empty());
    JobSpec job;
    try (S3Server server = S3Server.startOrSkip(folder)) {
      ObjectStoreSettings settings = server.settings("one/");
      try (var trained = TrainedElsewhere.start(folder, "one", 2, store(settings))) {
        job = trained.job;
        CheckpointStore.Entry first = trained.learn(200);
        var calls = new AtomicLong();
        var failed = new AtomicLong();
        var clock = new AtomicLong();
        List<String> told = new ArrayList<>();
        try (var place =
            new FetchedPlace(
                failing(S3Store.open(settings), calls, failed), folder.resolve("flaky"))) {
          var follower =
              new ModelFollower(
                  new ModelFollower.Parts(
                      "one",
                      new PolledNews(place, Duration.ZERO),
                      place,
                      FileSeal.NONE,
                      folder,
                      new RequestCounts(),
                      1 << 20,
                      false,
                      (code, message) -> told.add(code),
                      () -> java.time.Instant.ofEpochMilli(clock.addAndGet(120_000))));
          CheckpointStore.Entry newest = first;
          for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 20; i++) {
              follower.turn(Duration.ofMillis(1));
            }
            ModelFollower.Standing standing = follower.standing();
            assertThat(standing.served().orElseThrow().news().checkpoint())
                .isEqualTo(newest.name());
            newest = trained.learn(50);
          }
          assertThat(failed.get()).isPositive();
          assertThat(told).contains("no-news");
        }

        try (var follower = Follower.start(trained.job, cached)) {
          trained.assertFollowedBy(follower.served(), trained.learn(50));
          await(() -> copies(folder.resolve("cache")) == 1); // the one before goes after the swap
        }
      }
      Runnable away = server::close;
      away.run();
      try (var follower = Follower.start(job, cached)) {
        assertThat(TrainedElsewhere.ask(follower.served())).isInstanceOf(Prediction.Made.class);
        await(() -> !following(follower.served()).sourceUp());
      }
    }
  }

  private static long copies(Path cache) {
    try (var names = Files.list(cache)) {
      return names.filter(file -> file.toString().endsWith(".safetensors")).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
