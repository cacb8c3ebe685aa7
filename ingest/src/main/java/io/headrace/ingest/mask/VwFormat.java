package io.headrace.ingest.mask;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Lines of Vowpal Wabbit's text format. Its fields are the namespaces, whose values are the names
 * of their features and texts behind them, and {@code tag}; numbers behind a name stay, label and
 * importance too. Immutable.
 */
final class VwFormat implements EachMasked {
  @Override
  public void write(byte[] bytes, int start, int end, RewrittenRecords into)
      throws UnreadableRecordException {
    String line = new String(bytes, start, end - start, StandardCharsets.UTF_8);
    String[] parts = line.split("\\|", -1);
    if (parts.length < 2) {
      throw new UnreadableRecordException();
    }
    RecordFields fields = into.fields();
    fields.begin(field -> Optional.empty());
    var masked = new StringJoiner(" |", "", "");
    masked.add(head(parts[0], fields));
    for (int i = 1; i < parts.length; i++) {
      namespace(parts[i], fields).ifPresent(masked::add);
    }
    into.text(masked.toString());
  }

  private static String head(String head, RecordFields fields) throws UnreadableRecordException {
    var kept = new StringJoiner(" ");
    String[] words = head.strip().split("[ \t]+", -1);
    boolean touchesBar = !head.isEmpty() && !Character.isWhitespace(head.charAt(head.length() - 1));
    for (int i = 0; i < words.length; i++) {
      String word = words[i];
      boolean tag = word.startsWith("'") || (touchesBar && i == words.length - 1);
      if (tag) {
        String now =
            fields.masked("tag", word.startsWith("'") ? word.substring(1) : word, Kind.TEXT);
        if (now != null) {
          kept.add("'" + plain(now));
        }
      } else if (i < 2) {
        String now = fields.masked(i == 0 ? "label" : "importance", word, Kind.TEXT);
        kept.add(now == null ? "" : plain(now));
      } else {
        throw new UnreadableRecordException();
      }
    }
    return kept.toString();
  }

  private static Optional<String> namespace(String text, RecordFields fields) {
    boolean named = !text.isEmpty() && !Character.isWhitespace(text.charAt(0));
    String[] words = text.strip().split("[ \t]+", -1);
    String name = named ? words[0].split(":", 2)[0] : "";
    if (fields.drops(name)) {
      return Optional.empty();
    }
    var kept = new StringJoiner(" ");
    kept.add(named ? words[0] : "");
    for (int i = named ? 1 : 0; i < words.length; i++) {
      String now = feature(words[i], name, fields);
      if (now != null) {
        kept.add(now);
      }
    }
    return Optional.of(kept.toString());
  }

  private static @Nullable String feature(String word, String namespace, RecordFields fields) {
    if (word.isEmpty()) {
      return null;
    }
    int colon = word.lastIndexOf(':');
    boolean hasNumber = colon >= 0 && isNumber(word.substring(colon + 1));
    String name = hasNumber ? word.substring(0, colon) : word;
    String now = name.isEmpty() ? name : fields.masked(namespace, name, Kind.TEXT);
    if (now == null) {
      return null;
    }
    String kept = now.equals(name) ? name : plain(now);
    return hasNumber ? kept + word.substring(colon) : kept;
  }

  private static boolean isNumber(String text) {
    try {
      return !Double.isNaN(Double.parseDouble(text));
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /** Without what the format gives a meaning to. */
  private static String plain(String text) {
    return text.replaceAll("[|:\\s]", "_");
  }
}
