package io.headrace.ingest.push;

import io.headrace.ingest.push.PushOutcome.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Bodies of one record a line, without its line break; blank lines are no records. */
record LinesBody(List<String> mediaTypes) implements PushBody {
  private static final int BLOCK_RECORDS = 1024;
  private static final int BLOCK_BYTES = 256 << 10;

  @Override
  public Cut cut(byte[] body) throws UnreadableBodyException {
    List<PushedBlock> blocks = new ArrayList<>();
    int[] ends = new int[BLOCK_RECORDS];
    int records = 0;
    int from = 0; // of the block
    int filled = 0; // just past the block's records, which are moved together
    for (int at = 0; at < body.length; ) {
      int lineFeed = lineFeed(body, at);
      int end = lineFeed > at && body[lineFeed - 1] == '\r' ? lineFeed - 1 : lineFeed;
      if (end > at) {
        System.arraycopy(body, at, body, filled, end - at);
        filled += end - at;
        ends[records++] = filled - from;
      }
      at = lineFeed + 1;
      if (records == BLOCK_RECORDS || filled - from >= BLOCK_BYTES) {
        blocks.add(block(body, from, filled, ends, records));
        from = filled;
        records = 0;
      }
    }
    if (records > 0) {
      blocks.add(block(body, from, filled, ends, records));
    }
    if (blocks.isEmpty()) {
      throw new UnreadableBodyException(
          Reason.UNREADABLE, "The body has no records. Send one on each line.");
    }
    return new Cut("", blocks);
  }

  private static PushedBlock block(byte[] body, int from, int to, int[] ends, int records) {
    return PushedBlock.delimited(Arrays.copyOfRange(body, from, to), Arrays.copyOf(ends, records));
  }

  private static int lineFeed(byte[] body, int from) {
    int at = from;
    while (at < body.length && body[at] != '\n') {
      at++;
    }
    return at;
  }
}
