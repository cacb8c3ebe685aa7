package io.headrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.avro.SchemaNormalization;
import org.junit.jupiter.api.Test;

class SchemasTest {
  private static final CheckpointAnnouncement ANNOUNCEMENT =
      new CheckpointAnnouncement(
          "job", "checkpoint-000000000007", 7L, Instant.ofEpochMilli(1234), 99L, 1.5);

  @Test
  void aMessageStartsWithItsMarkerAndItsSchemasFingerprint() {
    ByteBuffer message =
        ByteBuffer.wrap(Schemas.message(ANNOUNCEMENT)).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(message.get()).isEqualTo((byte) 0xC3);
    assertThat(message.get()).isEqualTo((byte) 0x01);
    assertThat(message.getLong())
        .isEqualTo(
            SchemaNormalization.parsingFingerprint64(CheckpointAnnouncement.getClassSchema()));
  }

  @Test
  void aMessageReadsBackEqual() throws IOException {
    var metrics =
        new TrainingMetricsRecord(
            "job",
            3L,
            Instant.ofEpochMilli(5),
            1e6,
            0.05,
            List.of(new PartitionLedger("flights", 2, 100L, 90L, 7L, 3L, 5L)),
            Map.of("loss", 0.5),
            Map.of("loss", 0.6),
            Map.of(),
            List.of(1L, 2L, 3L, 4L),
            new PrivacySpentRecord(1.5, 1e-6, 3.0),
            List.of(),
            List.of(new CalibrationBin(0.1, 0.2, 6.0, 0.15, 0.25)));
    assertThat(TrainingMetricsRecord.getDecoder().decode(Schemas.message(metrics)))
        .isEqualTo(metrics);
    assertThat(CheckpointAnnouncement.getDecoder().decode(Schemas.message(ANNOUNCEMENT)))
        .isEqualTo(ANNOUNCEMENT);
  }
}
