package io.headrace.ingest.push;

import io.headrace.ingest.mask.ChunkMask;
import io.headrace.ingest.push.PushOutcome.Reason;
import io.headrace.ingest.push.PushOutcome.Refused;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
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

  /** The same desk, which masks records before it hands them on. */
  IntakeDesk masking(Supplier<ChunkMask> masks) {
    PushBody masked =
        body instanceof MessageBody messages
            ? new MessageBody(new MaskedBody(messages.body(), masks), messages.maxRecordBytes())
            : new MaskedBody(body, masks);
    return new IntakeDesk(masked, maxRequestBytes, clock);
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
      if (cut.masked()) {
        crc.reset(); // the body's own would tell a masked number to whoever tries them all
        cut.blocks().forEach(block -> crc.update(block.bytes, 0, block.length));
      }
      return commits.add(
          new PushedRequest(
              key.map(name -> cut.masked() ? hashed(name) : name).orElse(""),
              (int) crc.getValue(),
              clock.millis(),
              cut.schema(),
              cut.masked(),
              cut.blocks()));
    } catch (UnreadableBodyException e) {
      return refused(e.reason(), e.detail());
    }
  }

  /** Keys only have to be told apart: where records are masked, nothing of a client's is kept. */
  private static String hashed(String key) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static int utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static CompletionStage<PushOutcome> refused(Reason reason, String detail) {
    return CompletableFuture.completedFuture(new Refused(reason, detail));
  }
}
