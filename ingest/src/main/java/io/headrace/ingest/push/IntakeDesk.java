package io.headrace.ingest.push;

import io.headrace.ingest.push.PushOutcome.Reason;
import io.headrace.ingest.push.PushOutcome.Refused;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Looks a body through, cuts it into records and hands it on to be made durable. Thread-safe. */
final class IntakeDesk {
  private static final int LONGEST_KEY = 255;

  private final PushBody body;
  private final int maxRequestBytes;
  private final InstantSource clock;

  IntakeDesk(PushBody body, int maxRequestBytes, InstantSource clock) {
    this.body = body;
    this.maxRequestBytes = maxRequestBytes;
    this.clock = clock;
  }

  PushBody body() {
    return body;
  }

  /**
   * See {@link PushIntake#push}.
   *
   * @param commits null while nothing is taken yet
   */
  CompletionStage<PushOutcome> take(
      @Nullable GroupCommit commits, byte[] content, Optional<String> key) {
    if (commits == null) {
      return refused(Reason.UNAVAILABLE, "The job is not ready yet. Try again in a moment.");
    }
    if (content.length > maxRequestBytes) {
      return refused(
          Reason.TOO_LARGE,
          "The body has %d bytes, max-request-bytes is %d. Send it in parts."
              .formatted(content.length, maxRequestBytes));
    }
    if (key.isPresent() && (key.get().isEmpty() || utf8Length(key.get()) > LONGEST_KEY)) {
      return refused(
          Reason.UNREADABLE,
          "Idempotency-Key is not a text of 1 to %d bytes. Send for example a UUID."
              .formatted(LONGEST_KEY));
    }
    var crc = new CRC32C();
    crc.update(content);
    try {
      PushBody.Cut cut = body.cut(content);
      return commits.add(
          new PushedRequest(
              key.orElse(""), (int) crc.getValue(), clock.millis(), cut.schema(), cut.blocks()));
    } catch (UnreadableBodyException e) {
      return refused(e.reason(), e.detail());
    }
  }

  private static int utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static CompletionStage<PushOutcome> refused(Reason reason, String detail) {
    return CompletableFuture.completedFuture(new Refused(reason, detail));
  }
}
