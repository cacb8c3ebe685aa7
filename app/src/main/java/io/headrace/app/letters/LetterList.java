package io.headrace.app.letters;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.app.report.PrettyJson;
import io.headrace.schemas.RejectedSample;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/** Letters in sum and in rows, the newest last. Not thread-safe. */
public final class LetterList {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int DETAIL_CHARS = 100;

  private final ReplayLog log;
  private final int limit;
  private final Map<String, Long> byReason = new TreeMap<>();
  private final Deque<ObjectNode> rows = new ArrayDeque<>();
  private long letters;
  private long replayed;
  private long failedAgain;

  private LetterList(ReplayLog log, int limit) {
    this.log = log;
    this.limit = limit;
  }

  /**
   * Reads all letters that the filter takes.
   *
   * @param limit rows to keep; 0 for all
   */
  public static LetterList of(Letters letters, LetterFilter filter, int limit) {
    var list = new LetterList(letters.log(), limit);
    letters.forEach(filter, list::add);
    return list;
  }

  private void add(RejectedSample letter) {
    letters++;
    byReason.merge(letter.getReason(), 1L, Long::sum);
    replayed += log.has(letter) ? 1 : 0;
    failedAgain += log.replaysOf(letter) > 0 ? 1 : 0;
    ObjectNode row = JSON.createObjectNode();
    LetterView.put(row, letter, log);
    rows.add(row);
    if (limit > 0 && rows.size() > limit) {
      rows.remove();
    }
  }

  public String text() {
    var lines = new StringJoiner(System.lineSeparator());
    lines.add(
        String.format(
            Locale.ROOT,
            "%,d letters, %,d put back, %,d rejected again after having been put back",
            letters,
            replayed,
            failedAgain));
    byReason.forEach(
        (reason, n) -> lines.add(String.format(Locale.ROOT, "%-20s %,10d", reason, n)));
    if (rows.size() < letters) {
      lines.add(String.format(Locale.ROOT, "The newest %,d; --limit 0 shows all:", rows.size()));
    }
    rows.forEach(row -> lines.add(text(row)));
    log.unsettled()
        .forEach(
            attempt ->
                lines.add(
                    "A replay of %d letters to %s was cut off; the next one to there settles it."
                        .formatted(attempt.letters().size(), attempt.target())));
    return Printable.of(lines.toString());
  }

  private static String text(ObjectNode row) {
    int replays = row.path("replays").asInt();
    String detail = row.path("detail").asText().replaceAll("\\s+", " ");
    JsonNode at = row.path("fileByte");
    return "%s%s  %s  %s%s%s  %s"
        .formatted(
            row.path("letter").asText(),
            at.isNull() ? "" : "  at byte " + at.asLong(),
            row.path("rejectedAt").asText(),
            row.path("reason").asText(),
            replays == 0 ? "" : "  after %d replays".formatted(replays),
            row.path("replayed").asBoolean() ? "  put back" : "",
            detail.substring(0, Math.min(detail.length(), DETAIL_CHARS)));
  }

  public String json() {
    ObjectNode root = JSON.createObjectNode();
    root.put("letters", letters).put("replayed", replayed).put("failedAgain", failedAgain);
    root.set("byReason", JSON.valueToTree(byReason));
    root.put("unsettledReplays", log.unsettled().size());
    root.putArray("rows").addAll(rows);
    return PrettyJson.text(root);
  }
}
