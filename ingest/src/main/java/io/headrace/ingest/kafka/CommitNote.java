package io.headrace.ingest.kafka;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;

/**
 * What stands beside a committed offset: which models learned the partition, one after the other.
 * Brokers take no long notes, so where there are too many stretches older ones are forgotten: whose
 * they were, not where they lay, and last of all where each model began. Immutable.
 *
 * @param stretches oldest first; each ends where the next begins, the last one at the offset
 */
record CommitNote(List<Stretch> stretches) {
  static final CommitNote NONE = new CommitNote(List.of());

  private static final String WORD = "headrace-lineages";
  private static final Pattern WHOLE = Pattern.compile(WORD + "( \\w+@\\d{1,18})+");
  private static final int MOST = 100; // at most 37 characters each, of the 4096 that brokers take

  /** In place of the models of stretches which all have others in the note. */
  private static final String FORGOTTEN = "_";

  /** In place of models of which the note says nothing any more, and perhaps others. */
  private static final String GONE = "__";

  /**
   * What one model learned without a break.
   *
   * @param from its first position
   */
  record Stretch(String lineage, long from) {
    private boolean known() {
      return !lineage.startsWith(FORGOTTEN);
    }
  }

  /**
   * Positions of a partition.
   *
   * @param to just past the last of them
   */
  record Range(long from, long to) {}

  /** Of a commit; {@link #NONE} if there is none or it was made by none of us. */
  static CommitNote of(@Nullable OffsetAndMetadata committed) {
    if (committed == null || !WHOLE.matcher(committed.metadata()).matches()) {
      return NONE;
    }
    List<Stretch> stretches = new ArrayList<>();
    for (String word : committed.metadata().substring(WORD.length() + 1).split(" ", -1)) {
      int at = word.indexOf('@');
      stretches.add(new Stretch(word.substring(0, at), Long.parseLong(word.substring(at + 1))));
    }
    return new CommitNote(List.copyOf(stretches));
  }

  /** This and, unless it learned last already, a model that learns from {@code from} on. */
  CommitNote with(String lineage, long from) {
    if (!stretches.isEmpty() && stretches.getLast().lineage().equals(lineage)) {
      return this;
    }
    List<Stretch> all = new ArrayList<>(stretches);
    all.add(new Stretch(lineage, from));
    while (all.size() > MOST) {
      forgetOne(all);
    }
    return new CommitNote(List.copyOf(all));
  }

  private static void forgetOne(List<Stretch> all) {
    Set<String> begun = new HashSet<>();
    for (int i = 0; i < all.size() - 1; i++) {
      if (!all.get(i).known() || begun.add(all.get(i).lineage())) {
        continue;
      }
      forget(all, i, FORGOTTEN);
      return;
    }
    for (int i = 0; i < all.size() - 1; i++) {
      if (all.get(i).known()) {
        forget(all, i, GONE);
        return;
      }
    }
  }

  private static void forget(List<Stretch> all, int at, String as) {
    all.set(at, new Stretch(as, all.get(at).from()));
    joinWithNext(all, at);
    joinWithNext(all, at - 1);
  }

  private static void joinWithNext(List<Stretch> all, int at) {
    if (at < 0 || all.get(at).known() || all.get(at + 1).known()) {
      return;
    }
    boolean gone = (all.get(at).lineage() + all.get(at + 1).lineage()).length() > 2;
    all.set(at, new Stretch(gone ? GONE : FORGOTTEN, all.get(at).from()));
    all.remove(at + 1);
  }

  /** Whether models learned the partition of which this does not say so any more. */
  boolean hasForgottenModels() {
    return stretches.stream().anyMatch(stretch -> stretch.lineage().equals(GONE));
  }

  OffsetAndMetadata beside(long offset) {
    return new OffsetAndMetadata(
        offset,
        stretches.stream()
            .map(stretch -> " " + stretch.lineage() + "@" + stretch.from())
            .collect(Collectors.joining("", WORD, "")));
  }

  /** Where a model began; empty if it is not known to have learned anything. */
  OptionalLong begunBy(String lineage) {
    return stretches.stream()
        .filter(stretch -> stretch.lineage().equals(lineage))
        .mapToLong(Stretch::from)
        .findFirst();
  }

  /**
   * What models other than {@code lineage} learned from {@code from} on, up to the offset. What is
   * forgotten may be its own and is left out.
   */
  List<Range> byOthers(String lineage, long from, long offset) {
    List<Range> ranges = new ArrayList<>();
    for (int i = 0; i < stretches.size(); i++) {
      long first = Math.max(from, stretches.get(i).from());
      long to = i + 1 < stretches.size() ? stretches.get(i + 1).from() : offset;
      boolean another = stretches.get(i).known() && !stretches.get(i).lineage().equals(lineage);
      if (!another || to <= first) {
        continue;
      }
      boolean goesOn = !ranges.isEmpty() && ranges.getLast().to() == first;
      ranges.add(new Range(goesOn ? ranges.removeLast().from() : first, to));
    }
    return ranges;
  }
}
