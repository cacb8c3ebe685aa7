package io.headrace.ingest.push;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Requests for tests. */
final class Requests {
  private Requests() {}

  /** A request of some records that are texts. */
  static PushedRequest lines(String key, String... records) {
    int[] ends = new int[records.length];
    int end = 0;
    for (int i = 0; i < records.length; i++) {
      end += records[i].getBytes(StandardCharsets.UTF_8).length;
      ends[i] = end;
    }
    byte[] bytes = String.join("", records).getBytes(StandardCharsets.UTF_8);
    return new PushedRequest(key, 0, 1, "", false, List.of(PushedBlock.delimited(bytes, ends)));
  }
}
