package io.headrace.engine;

import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.engine.state.StateReader;
import io.headrace.engine.state.Tensor;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A copy, in memory that is used again, of everything that a step changes, and the ledger as it was
 * then. Not thread-safe.
 */
final class StateCopy {
  private static final String WATCH = "watch";
  private static final String LEARNED = "learned";
  private static final String LEDGER = "ledger";
  private static final String LOST = "lost:";

  private final ModelState model;
  private final LossWatch watch;
  private SnapshotMemory memory;
  private SnapshotMemory other;
  private @Nullable GradualCopy copy;
  private boolean lent;
  private @Nullable Ledger ledger;
  private long learned;

  StateCopy(ModelState model, LossWatch watch, CopyRoom room) {
    this.model = model;
    this.watch = watch;
    this.memory = new SnapshotMemory(room);
    this.other = new SnapshotMemory(room);
  }

  /**
   * Has its memory allocated now.
   *
   * @param lends whether it will be lent to checkpoints
   */
  void reserve(boolean lends) {
    if (!isTaken()) {
      model.reserve(memory);
    }
    if (lends) {
      model.reserve(other);
    }
  }

  /** Makes room for another copy; what a checkpoint was lent stays as it is. */
  private void startAnew() {
    if (lent) {
      SnapshotMemory free = other;
      other = memory;
      memory = free;
      lent = false;
    } else if (copy != null) {
      model.model().updates().forget(copy);
    }
    copy = null;
    memory.clear();
  }

  /**
   * Copies the state of now in the place of the one before.
   *
   * @param steps steps in the parameters
   * @param untouched whether parameters and slots are as they were made
   */
  void take(long steps, Ledger account, boolean untouched) {
    startAnew();
    copy = untouched ? model.copyUntouched(memory) : model.copy(memory, false);
    watch.save(memory.within(WATCH));
    learned = steps;
    ledger = account;
  }

  /** Whether there is a copy. */
  boolean isTaken() {
    return ledger != null;
  }

  long learned() {
    return learned;
  }

  Ledger ledger() {
    return Objects.requireNonNull(ledger);
  }

  /** Makes the copied state that of now. */
  void putBack() {
    finish();
    var reader =
        new CheckpointReader(
            new Checkpoint("", "", learned, 0, ledger(), memory.values(), memory.tensors()));
    model.restore(reader);
    watch.restore(reader.within(WATCH));
  }

  /** Copies a part of what is left, so that it is all copied some steps later. */
  void advance() {
    if (copy != null && !copy.isDone()) {
      copy.advance();
    }
  }

  private void finish() {
    if (copy != null) {
      copy.finish();
    }
  }

  /**
   * Puts the copy into a checkpoint, which shares its memory: it is left alone until another
   * checkpoint has been lent a copy.
   *
   * @param prefix of names
   * @return what has to be finished before it is read
   */
  Optional<GradualCopy> lend(SnapshotMemory to, String prefix) {
    lent = true;
    memory.tensors().forEach((name, tensor) -> to.share(prefix + name, tensor));
    memory.values().forEach((name, value) -> to.value(prefix + name, value));
    to.value(prefix + LEARNED, Long.toString(learned));
    to.value(prefix + LEDGER, text(ledger()));
    return Optional.ofNullable(copy);
  }

  /**
   * Takes the copy from a checkpoint, or none if it has none.
   *
   * @param prefix of the names that {@link #lend} wrote, ended with a dot
   */
  void restore(Checkpoint from, String prefix) {
    startAnew();
    ledger = null;
    StateReader values = new CheckpointReader(from);
    if (values.value(prefix + LEARNED).isEmpty()) {
      return;
    }
    learned = Long.parseLong(values.value(prefix + LEARNED).orElseThrow());
    ledger = parse(values.value(prefix + LEDGER).orElseThrow());
    from.tensors().tailMap(prefix).entrySet().stream()
        .takeWhile(entry -> entry.getKey().startsWith(prefix))
        .forEach(
            entry -> {
              Tensor tensor = entry.getValue();
              String name = entry.getKey().substring(prefix.length());
              memory.tensor(name, tensor.type(), shape(tensor), tensor.data());
            });
    from.values().tailMap(prefix).entrySet().stream()
        .takeWhile(entry -> entry.getKey().startsWith(prefix))
        .filter(entry -> !entry.getKey().equals(prefix + LEARNED))
        .filter(entry -> !entry.getKey().equals(prefix + LEDGER))
        .forEach(
            entry -> memory.value(entry.getKey().substring(prefix.length()), entry.getValue()));
  }

  private static long[] shape(Tensor tensor) {
    return tensor.shape().stream().mapToLong(Long::longValue).toArray();
  }

  /** A line a partition, its source last, because that may hold spaces; losses lead, if any. */
  private static String text(Ledger ledger) {
    var text = new StringBuilder();
    ledger
        .entries()
        .forEach(
            (at, entry) ->
                text.append(entry.lost() > 0 ? LOST + entry.lost() + ' ' : "")
                    .append(entry.nextPosition())
                    .append(' ')
                    .append(entry.trained())
                    .append(' ')
                    .append(entry.rejected())
                    .append(' ')
                    .append(entry.filtered())
                    .append(' ')
                    .append(at.partition())
                    .append(' ')
                    .append(at.source())
                    .append('\n'));
    return text.toString();
  }

  private static Ledger parse(String text) {
    var entries = new TreeMap<SourcePartition, Ledger.Entry>();
    for (String line : text.lines().toList()) {
      int account = line.startsWith(LOST) ? line.indexOf(' ') + 1 : 0;
      String[] words = line.substring(account).split(" ", 6);
      entries.put(
          new SourcePartition(words[5], Integer.parseInt(words[4])),
          new Ledger.Entry(
              Long.parseLong(words[0]),
              Long.parseLong(words[1]),
              Long.parseLong(words[2]),
              Long.parseLong(words[3]),
              account == 0 ? 0 : Long.parseLong(line.substring(LOST.length(), account - 1))));
    }
    return new Ledger(entries);
  }
}
