package io.headrace.app.letters;

import io.headrace.schemas.RejectedSample;
import java.nio.ByteBuffer;

/**
 * A record on its way back.
 *
 * @param payload its bytes, repaired or as they were
 * @param count how often it was put back, this time included
 */
record Returned(RejectedSample letter, ByteBuffer payload, int count) {
  byte[] bytes() {
    return LetterView.bytes(payload);
  }
}
