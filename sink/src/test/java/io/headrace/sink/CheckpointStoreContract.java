package io.headrace.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.error.HeadraceException;
import io.headrace.sink.CheckpointStore.Entry;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What every checkpoint store promises: inherit it and make the store. */
public abstract class CheckpointStoreContract {
  /** The same store each time it is called in a test, opened anew to write, empty at first. */
  protected abstract CheckpointStore open(int keep);

  /** The same store, opened to read while another writes. */
  protected abstract CheckpointStore openToRead();

  /** How many are written while another reads; fewer where a write takes long. */
  protected long writesWhileRead() {
    return 150;
  }

  @Test
  void holdsNothingAtFirst() {
    assertThat(open(3).list()).isEmpty();
    assertThat(open(3).newest()).isEmpty();
  }

  @Test
  void givesBackWhatWasWritten() {
    Checkpoint written = Checkpoints.atStep(12345);
    Entry entry = open(3).write(written);
    Checkpoints.assertEqual(open(3).read(entry.name()), written);
    assertThat(entry.step()).isEqualTo(12345);
    assertThat(entry.createdAtMillis()).isEqualTo(written.createdAtMillis());
    assertThat(open(3).list()).containsExactly(entry);
  }

  @Test
  void listsByStepAndGivesTheNewest() {
    CheckpointStore store = open(9);
    for (long step : new long[] {9, 1000, 10, 7}) {
      store.write(Checkpoints.atStep(step));
    }
    assertThat(store.list()).extracting(Entry::step).containsExactly(7L, 9L, 10L, 1000L);
    assertThat(store.list()).extracting(Entry::name).isSorted();
    Checkpoints.assertEqual(store.newest().orElseThrow(), Checkpoints.atStep(1000));
  }

  @Test
  void keepsTheNewestFew() {
    CheckpointStore store = open(2);
    for (long step = 1; step <= 5; step++) {
      store.write(Checkpoints.atStep(step));
    }
    assertThat(store.list()).extracting(Entry::step).containsExactly(4L, 5L);
  }

  @Test
  void neverDeletesTheOneJustWritten() {
    CheckpointStore store = open(1);
    store.write(Checkpoints.atStep(100));
    Entry earlierStep = store.write(Checkpoints.atStep(50));
    Checkpoints.assertEqual(store.read(earlierStep.name()), Checkpoints.atStep(50));
  }

  @Test
  void replacesACheckpointOfTheSameStep() {
    CheckpointStore store = open(2);
    store.write(Checkpoints.atStep(5));
    Entry again = store.write(Checkpoints.atStep(5));
    assertThat(store.list()).containsExactly(again);
  }

  @Test
  void saysWhatThereIsWhenANameIsUnknown() {
    CheckpointStore store = open(2);
    Entry entry = store.write(Checkpoints.atStep(5));
    for (String name : List.of("checkpoint-000000000006.safetensors", "../secret", "")) {
      assertThatThrownBy(() -> store.read(name))
          .isInstanceOf(HeadraceException.class)
          .hasMessageContaining(entry.name());
    }
  }

  @Test
  void keepsTheBestBesidesTheNewest() {
    CheckpointStore store = open(2);
    assertThat(store.best()).isEmpty();
    Entry first = store.write(Checkpoints.atStep(1));
    store.markBest(first.name());
    for (long step = 2; step <= 5; step++) {
      store.write(Checkpoints.atStep(step));
    }
    assertThat(store.list()).extracting(Entry::step).containsExactly(1L, 4L, 5L);
    assertThat(openToRead().best()).contains(first.name());

    Entry better = store.write(Checkpoints.atStep(6));
    store.markBest(better.name());
    store.write(Checkpoints.atStep(7));
    store.write(Checkpoints.atStep(8));
    assertThat(store.list()).extracting(Entry::step).containsExactly(6L, 7L, 8L);
    assertThat(store.best()).contains(better.name());
    assertThat(store.newest().orElseThrow().step()).isEqualTo(8);
  }

  @Test
  void keepsTheOneThatIsHeld() {
    CheckpointStore store = open(2);
    Entry first = store.write(Checkpoints.atStep(1));
    store.write(Checkpoints.atStep(2));
    store.hold(first.name());
    for (long step = 3; step <= 6; step++) {
      store.write(Checkpoints.atStep(step));
    }
    assertThat(store.list()).extracting(Entry::step).containsExactly(1L, 5L, 6L);
    store.hold(store.list().getLast().name());
    store.write(Checkpoints.atStep(7));
    assertThat(store.list()).extracting(Entry::step).containsExactly(6L, 7L);
  }

  @Test
  void goesBackToAnEarlierOneAndPutsTheOthersAside() {
    CheckpointStore store = open(9);
    for (long step = 1; step <= 3; step++) {
      store.write(Checkpoints.atStep(step));
    }
    String first = store.list().getFirst().name();
    Optional<String> aside = store.goBackTo(first);
    assertThat(aside).isPresent();
    assertThat(store.list()).extracting(Entry::step).containsExactly(1L);
    Checkpoints.assertEqual(store.newest().orElseThrow(), Checkpoints.atStep(1));
    assertThat(store.goBackTo(first)).as("nothing is behind it").isEmpty();

    store.write(Checkpoints.atStep(2));
    assertThat(store.goBackTo(first)).as("another place each time").isPresent().isNotEqualTo(aside);
    assertThatThrownBy(() -> store.goBackTo("checkpoint-000000000009.safetensors"))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("checkpoint-000000000009");
  }

  @Test
  void isReadWhileItIsWritten() {
    CheckpointStore writer = open(2);
    writer.write(Checkpoints.atStep(1));
    var done = new AtomicBoolean();
    var reads =
        CompletableFuture.supplyAsync(
            () -> {
              CheckpointStore reader = openToRead();
              long count = 0;
              long last = 0;
              while (!done.get()) {
                assertThat(reader.list()).isNotEmpty();
                Checkpoint newest = reader.newest().orElseThrow();
                Checkpoints.assertEqual(newest, Checkpoints.atStep(newest.step()));
                assertThat(newest.step()).isGreaterThanOrEqualTo(last);
                last = newest.step();
                count++;
              }
              return count;
            });
    for (long step = 2; step <= writesWhileRead(); step++) {
      writer.write(Checkpoints.atStep(step));
    }
    done.set(true);
    assertThat(reads.join()).isPositive();
  }
}
