package io.headrace.ingest.mask;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * Lines of LIBSVM's format. Its fields are {@code label} and the indices of features; comments are
 * always dropped. Immutable.
 */
final class LibsvmFormat implements EachMasked {
  @Override
  public void write(byte[] bytes, int start, int end, RewrittenRecords into)
      throws UnreadableRecordException {
    String line = new String(bytes, start, end - start, StandardCharsets.UTF_8);
    RecordFields fields = into.fields();
    fields.begin(field -> Optional.empty());
    var kept = new StringJoiner(" ");
    String[] words = line.split("#", 2)[0].strip().split("[ \t]+", -1);
    for (int i = 0; i < words.length; i++) {
      if (words[i].matches("qid:[0-9]+|[0-9]{1,10}:[-+.0-9eEinfaINFA]+")) {
        if (!fields.drops(words[i].substring(0, words[i].indexOf(':')))) {
          kept.add(words[i]);
        }
      } else if (i == 0 && words[i].indexOf(':') < 0) {
        String now = fields.masked("label", words[i], Kind.TEXT);
        kept.add(now == null ? "" : now.replaceAll("[:#\\s]", "_"));
      } else {
        throw new UnreadableRecordException();
      }
    }
    into.text(kept.toString());
  }
}
