package io.headrace.app.letters;

import io.headrace.schemas.RecordHeader;
import io.headrace.schemas.RejectedSample;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the memory of replays says about letters. Immutable.
 *
 * @param replayed letters that were put back, or may have been: those of unsettled attempts
 * @param unsettled attempts of which nobody knows yet whether they arrived
 * @param fileCounts how often records were put back that are in files now, by file and place
 */
public record ReplayLog(
    Set<LetterId> replayed, List<ReplayEntry> unsettled, Map<String, Integer> fileCounts) {
  /** Header of a record that was put back: how often, this time included. */
  static final String COUNT_HEADER = "headrace-replay-count";

  static ReplayLog of(List<ReplayEntry> entries) {
    Map<String, ReplayEntry> open = new LinkedHashMap<>();
    List<ReplayEntry> done = new ArrayList<>();
    for (ReplayEntry entry : entries) {
      if (entry.state() == ReplayEntry.State.BEGUN) {
        open.put(entry.replay(), entry);
      } else {
        ReplayEntry begun = open.remove(entry.replay());
        if (begun != null && entry.state() == ReplayEntry.State.DONE) {
          done.add(begun);
        }
      }
    }
    Set<LetterId> replayed = new HashSet<>();
    done.forEach(entry -> entry.letters().forEach(id -> replayed.add(LetterId.parse(id))));
    open.values().forEach(e -> e.letters().forEach(id -> replayed.add(LetterId.parse(id))));
    return new ReplayLog(replayed, List.copyOf(open.values()), fileCounts(done));
  }

  boolean has(RejectedSample letter) {
    return replayed.contains(LetterId.of(letter));
  }

  /** How often the letter's record had been put back when it was rejected. */
  int replaysOf(RejectedSample letter) {
    for (RecordHeader header : letter.getHeaders()) {
      if (header.getKey().equals(COUNT_HEADER) && header.getValue() != null) {
        return number(StandardCharsets.UTF_8.decode(header.getValue().duplicate()).toString());
      }
    }
    return fileCounts.getOrDefault(fileKey(letter.getSource(), letter.getPosition()), 0);
  }

  /** Files have no headers: a record is known by the file that was written and its place there. */
  private static Map<String, Integer> fileCounts(List<ReplayEntry> done) {
    Map<String, Integer> counts = new HashMap<>();
    for (ReplayEntry entry : done) {
      if (entry.target().startsWith(FileTarget.NAME)) {
        for (int i = 0; i < entry.counts().size(); i++) {
          counts.put(
              fileKey(entry.target().substring(FileTarget.NAME.length()), i),
              entry.counts().get(i));
        }
      }
    }
    return counts;
  }

  private static String fileKey(String path, long position) {
    return Path.of(path).getFileName() + "/" + position;
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return 0; // somebody else's header
    }
  }
}
