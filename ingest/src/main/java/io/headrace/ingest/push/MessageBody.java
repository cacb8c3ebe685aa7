package io.headrace.ingest.push;

import io.headrace.ingest.push.PushOutcome.Reason;
import java.util.List;
import java.util.Objects;

/** Bodies each of whose records has to fit into one message of a topic. */
record MessageBody(PushBody body, int maxRecordBytes) implements PushBody {
  @Override
  public List<String> mediaTypes() {
    return body.mediaTypes();
  }

  @Override
  public Cut cut(byte[] content) throws UnreadableBodyException {
    Cut cut = body.cut(content);
    int number = 0;
    for (PushedBlock block : cut.blocks()) {
      int[] ends = Objects.requireNonNull(block.ends, "messages are delimited");
      for (int i = 0; i < block.records; i++) {
        int bytes = ends[i] - (i == 0 ? 0 : ends[i - 1]);
        if (bytes > maxRecordBytes) {
          throw new UnreadableBodyException(
              Reason.TOO_LARGE,
              "Record %d has %d bytes, a message of the topic may have %d. Leave it out, or allow more with max.request.size in the job's properties and max.message.bytes at the topic."
                  .formatted(number + i, bytes, maxRecordBytes));
        }
      }
      number += block.records;
    }
    return cut;
  }
}
