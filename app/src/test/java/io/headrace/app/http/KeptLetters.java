package io.headrace.app.http;

import io.headrace.app.letters.FileLetters;
import io.headrace.app.letters.FileTarget;
import io.headrace.app.letters.Letters;
import io.headrace.app.letters.ReplayTarget;
import io.headrace.engine.seal.BlockSeal;
import io.headrace.schemas.RejectedSample;
import io.headrace.sink.file.FileDeadLetterSink;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Three dead letters in a file, which go back to another file in the same folder. */
record KeptLetters(Path file, Path back) implements ServedLetters {
  static final String FIRST = "flights/0/3";

  KeptLetters(Path folder) {
    this(folder.resolve("dead.avro"), folder.resolve("back.jsonl"));
    try (var sink = new FileDeadLetterSink(file)) {
      sink.write(letter(3, "malformed", "{oops"));
      sink.write(letter(5, "label-out-of-range", "{\"late\": \"perhaps\"}"));
      sink.write(letter(8, "malformed", "<script>alert(1)</script>"));
      sink.flush();
    }
  }

  private static RejectedSample letter(long position, String reason, String payload) {
    byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
    return RejectedSample.newBuilder()
        .setJob("flight-delay")
        .setSource("flights")
        .setPartition(0)
        .setPosition(position)
        .setReason(reason)
        .setDetail("is no flight")
        .setPayload(ByteBuffer.wrap(bytes))
        .setPayloadBytes(bytes.length)
        .setRejectedAt(Instant.ofEpochSecond(1_767_225_600 + position))
        .setHeaders(List.of())
        .build();
  }

  @Override
  public Letters letters() {
    return new FileLetters(file, BlockSeal.NONE);
  }

  @Override
  public Optional<Path> folder() {
    return Optional.ofNullable(file.getParent());
  }

  @Override
  public Optional<String> noWayBack() {
    return Optional.empty();
  }

  @Override
  public ReplayTarget source() {
    return new FileTarget(back, null, null);
  }
}
