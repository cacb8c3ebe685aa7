package io.headrace.ingest.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.seal.BlockSeal;
import io.headrace.ingest.push.PushOutcome.Accepted;
import io.headrace.ingest.push.PushOutcome.Reason;
import io.headrace.ingest.push.PushOutcome.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupCommitTest {
  private static final PushLimits LIMITS = new PushLimits(100, 1000, 0);

  /** A store whose every commit waits for a permit, and fails while it is told to. */
  private static final class SlowStore implements PushStore {
    final Semaphore permits = new Semaphore(0);
    final List<Integer> groups = new ArrayList<>();
    volatile boolean failing;
    volatile Runnable found = () -> {};
    private long next;

    @Override
    public void prepare() {
      found.run();
    }

    @Override
    public List<Receipt> commit(List<PushedRequest> group) throws IOException {
      permits.acquireUninterruptibly();
      if (failing) {
        throw new IOException("no space left");
      }
      groups.add(group.size());
      List<Receipt> receipts = new ArrayList<>();
      for (PushedRequest request : group) {
        receipts.add(new Receipt(0, next, next + request.records(), request.bodyCrc()));
        next += request.records();
      }
      return receipts;
    }

    @Override
    public long backlogBytes() {
      return 0;
    }

    @Override
    public void close() {}
  }

  private final SlowStore store = new SlowStore();
  private final RememberedKeys keys = new RememberedKeys(10);
  private final GroupCommit commits =
      new GroupCommit(store, keys, LIMITS, receipt -> "p", () -> {});

  @TempDir private Path folder;

  @AfterEach
  void end() {
    store.permits.release(1000);
    commits.close();
  }

  @Test
  void makesAllThatCameMeanwhileDurableAtOnce() {
    List<CompletableFuture<PushOutcome>> outcomes = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      outcomes.add(commits.add(Requests.lines("", "a", "b")));
    }
    commits.start();
    store.permits.release();
    for (int i = 0; i < 7; i++) {
      assertThat(outcomes.get(i).join()).isEqualTo(new Accepted("p", 2L * i, 2L * i + 2, false));
    }
    assertThat(store.groups).containsExactly(7);
  }

  @Test
  void acknowledgesNothingBeforeItIsDurable() {
    commits.start();
    CompletableFuture<PushOutcome> outcome = commits.add(Requests.lines("", "a"));
    CompletableFuture<PushOutcome> same = commits.add(Requests.lines("k", "a"));
    CompletableFuture<PushOutcome> again = commits.add(Requests.lines("k", "a"));
    assertThat(outcome).isNotDone();
    assertThat(again).isNotDone();
    store.permits.release(10);
    assertThat(outcome.join()).isEqualTo(new Accepted("p", 0, 1, false));
    assertThat(same.join()).isEqualTo(new Accepted("p", 1, 2, false));
    assertThat(again.join()).isEqualTo(new Accepted("p", 1, 2, true));
  }

  @Test
  void refusesWhatCannotBeMadeDurableAndRemembersNoKeyOfIt() {
    commits.start();
    store.failing = true;
    store.permits.release();
    PushOutcome first = commits.add(Requests.lines("k", "a")).join();
    assertThat(((Refused) first).reason()).isEqualTo(Reason.UNAVAILABLE);
    store.failing = false;
    store.permits.release();
    assertThat(commits.add(Requests.lines("k", "a")).join())
        .isEqualTo(new Accepted("p", 0, 1, false));
  }

  @Test
  void commitsNothingThatTheStoreTurnsOutToHave() {
    CompletableFuture<PushOutcome> found = commits.add(Requests.lines("found", "a"));
    CompletableFuture<PushOutcome> fresh = commits.add(Requests.lines("fresh", "a"));
    int crc = Requests.lines("found", "a").bodyCrc();
    store.found = () -> keys.add("found", new Receipt(0, 40, 41, crc));
    commits.start();
    store.permits.release();
    assertThat(found.join()).isEqualTo(new Accepted("p", 40, 41, true));
    assertThat(fresh.join()).isEqualTo(new Accepted("p", 0, 1, false));
    assertThat(store.groups).containsExactly(1);
  }

  @Test
  void holdsOnlySoMuchInMemoryWhileTheStoreIsSlow() {
    String record = "x".repeat(100);
    List<CompletableFuture<PushOutcome>> outcomes = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      outcomes.add(commits.add(Requests.lines("", record)));
    }
    long refused =
        outcomes.stream()
            .filter(CompletableFuture::isDone)
            .filter(o -> o.join() instanceof Refused r && r.reason() == Reason.FULL)
            .count();
    assertThat(refused).isEqualTo(9 - LIMITS.maxWaitingBytes() / 100);
    commits.start();
    store.permits.release();
    assertThat(outcomes.getFirst().join()).isInstanceOf(Accepted.class);
  }

  @Test
  void aFailedWriteIsRefusedAndLaterOnesGoOnAtTheSamePosition() throws IOException {
    Path directory = folder.resolve("log");
    var keys = new RememberedKeys(10);
    try (SegmentLog log = SegmentLog.open(directory, 1, keys, BlockSeal.NONE);
        var writes = new GroupCommit(log, keys, LIMITS, receipt -> "p", () -> {})) {
      writes.start();
      assertThat(writes.add(Requests.lines("", "a")).join()).isInstanceOf(Accepted.class);
      Path aside = folder.resolve("aside");
      Files.move(directory, aside);
      PushOutcome failed = writes.add(Requests.lines("k", "b")).join();
      assertThat(((Refused) failed).reason()).isEqualTo(Reason.UNAVAILABLE);
      Files.move(aside, directory);
      assertThat(writes.add(Requests.lines("k", "b")).join())
          .isEqualTo(new Accepted("p", 1, 2, false));
    }
  }
}
