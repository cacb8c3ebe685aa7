package io.headrace.app.letters;

import io.headrace.engine.error.HeadraceException;
import io.headrace.schemas.RejectedSample;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Puts letters back, each at most once: that an attempt begins is remembered before, that it is
 * done behind it, and one that was cut off between is settled by looking into the target. Used by
 * one thread.
 */
public final class Replayer {
  /** Payloads of one attempt are held in memory. */
  private static final long BATCH_BYTES = 32 << 20;

  private final Letters letters;
  private final LetterFilter filter;
  private final ReplayTarget target;
  private final InstantSource clock;
  private final int mostReplays;

  /**
   * What came of a replay.
   *
   * @param replayed letters put back, or with a dry run those that would be
   * @param already letters that were put back before
   * @param settled earlier attempts, cut off, of which it is known now what came of them
   * @param refused letters that cannot be put back, with the reason
   */
  public record Outcome(
      long replayed, long already, long settled, Map<String, List<String>> refused) {}

  /**
   * @param mostReplays a record that was put back so often and rejected again stays where it is
   */
  public Replayer(
      Letters letters,
      LetterFilter filter,
      ReplayTarget target,
      InstantSource clock,
      int mostReplays) {
    this.letters = letters;
    this.filter = filter;
    this.target = target;
    this.clock = clock;
    this.mostReplays = mostReplays;
  }

  /** Says what {@link #replay} would do, and does nothing. */
  public Outcome dryRun(@Nullable Map<LetterId, byte[]> repaired) {
    return new Pass(letters.log(), repaired, null).run(0);
  }

  /**
   * Puts back what the filter takes and was not put back before.
   *
   * @param repaired null to put letters back as they are; else only these, with these bytes
   * @throws HeadraceException if the target or the memory fails; what was done until then stays
   */
  public Outcome replay(@Nullable Map<LetterId, byte[]> repaired) {
    try (ReplayMemory memory = letters.memory()) {
      ReplayLog log = ReplayLog.of(memory.entries());
      List<ReplayEntry> entries = new ArrayList<>(memory.entries());
      int settled = 0;
      for (ReplayEntry attempt : log.unsettled()) {
        if (attempt.target().equals(target.name()) || fileOf(attempt)) {
          ReplayEntry end = attempt.settled(target.has(attempt), clock.millis());
          memory.add(end);
          entries.add(end);
          settled++;
        }
      }
      return new Pass(ReplayLog.of(entries), repaired, memory).run(settled);
    }
  }

  /** Whether a file was to be written can be seen by any replay to a file. */
  private boolean fileOf(ReplayEntry attempt) {
    return attempt.target().startsWith(FileTarget.NAME) && target instanceof FileTarget;
  }

  /** One reading of the letters. */
  private final class Pass {
    private final ReplayLog log;
    private final @Nullable Map<LetterId, byte[]> repaired;
    private final @Nullable ReplayMemory memory;
    private final Set<LetterId> missing;
    private final List<Returned> batch = new ArrayList<>();
    private long batchBytes;
    private long replayed;
    private long already;
    private final Map<String, List<String>> refused = new TreeMap<>();

    /**
     * @param memory null for a dry run
     */
    Pass(ReplayLog log, @Nullable Map<LetterId, byte[]> repaired, @Nullable ReplayMemory memory) {
      this.log = log;
      this.repaired = repaired;
      this.memory = memory;
      this.missing = repaired == null ? Set.of() : new HashSet<>(repaired.keySet());
    }

    Outcome run(long settled) {
      letters.forEach(filter, this::take);
      flush();
      missing.forEach(id -> refuse("is not among these letters", id));
      return new Outcome(replayed, already, settled, refused);
    }

    private void take(RejectedSample letter) {
      LetterId id = LetterId.of(letter);
      byte[] edit = repaired == null ? null : repaired.get(id);
      if (repaired != null && edit == null) {
        return;
      }
      if (repaired != null) {
        missing.remove(id);
      }
      if (log.has(letter)) {
        already++;
        return;
      }
      int count = log.replaysOf(letter) + 1;
      byte[] payload = edit == null ? LetterView.payload(letter) : edit;
      Optional<String> refusal = refusal(letter, edit != null, payload, count);
      if (refusal.isPresent()) {
        refuse(refusal.get(), id);
        return;
      }
      batch.add(new Returned(letter, ByteBuffer.wrap(payload), count));
      batchBytes += payload.length;
      if (batch.size() >= target.batchSize()
          || (batchBytes >= BATCH_BYTES && target.batchSize() != Integer.MAX_VALUE)) {
        flush();
      }
    }

    private Optional<String> refusal(
        RejectedSample letter, boolean edited, byte[] payload, int count) {
      if (count > mostReplays) {
        return Optional.of(
            "was put back %d times and rejected again; --most-replays lets it go on"
                .formatted(count - 1));
      }
      if (!edited && !LetterView.whole(letter)) {
        return Optional.of(
            "was not kept whole; give the whole record with export and --repaired, or read it from its source again");
      }
      return target.refusal(payload);
    }

    private void refuse(String why, LetterId id) {
      refused.computeIfAbsent(why, w -> new ArrayList<>()).add(id.toString());
    }

    private void flush() {
      if (batch.isEmpty()) {
        return;
      }
      if (memory != null) {
        var begun =
            new ReplayEntry(
                UUID.randomUUID().toString(),
                ReplayEntry.State.BEGUN,
                clock.millis(),
                target.name(),
                target.ends(),
                batch.stream().map(r -> LetterId.of(r.letter()).toString()).toList(),
                batch.stream().map(Returned::count).toList());
        memory.add(begun);
        target.put(begun.replay(), batch);
        memory.add(begun.settled(true, clock.millis()));
      }
      replayed += batch.size();
      batch.clear();
      batchBytes = 0;
    }
  }
}
