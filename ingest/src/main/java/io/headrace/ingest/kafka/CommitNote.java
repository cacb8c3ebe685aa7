package io.headrace.ingest.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;

/**
 * What stands beside a committed offset: which models learned the partition, one after the other.
 * Only the latest are kept, for brokers take no long notes. Immutable.
 *
 * @param stretches oldest first; each ends where the next begins, the last one at the offset
 */
record CommitNote(List<Stretch> stretches) {
  static final CommitNote NONE = new CommitNote(List.of());

  private static final String WORD = "headrace-lineages";
  private static final Pattern WHOLE = Pattern.compile(WORD + "( \\w+@\\d{1,18})+");
  private static final int MOST = 64; // at most 37 characters each, of the 4096 that brokers take

  /**
   * What one model learned without a break.
   *
   * @param from its first position
   */
  record Stretch(String lineage, long from) {}

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
    return new CommitNote(List.copyOf(all.subList(Math.max(0, all.size() - MOST), all.size())));
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

  /** What models other than {@code lineage} learned from {@code from} on, up to the offset. */
  List<Range> byOthers(String lineage, long from, long offset) {
    List<Range> ranges = new ArrayList<>();
    for (int i = 0; i < stretches.size(); i++) {
      long first = Math.max(from, stretches.get(i).from());
      long to = i + 1 < stretches.size() ? stretches.get(i + 1).from() : offset;
      if (stretches.get(i).lineage().equals(lineage) || to <= first) {
        continue;
      }
      boolean goesOn = !ranges.isEmpty() && ranges.getLast().to() == first;
      ranges.add(new Range(goesOn ? ranges.removeLast().from() : first, to));
    }
    return ranges;
  }
}
