package io.headrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.RecordChunk;
import io.headrace.pipeline.FirstPositions.Range;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FirstPositionsTest {
  private static final SourcePartition AT = new SourcePartition("a topic", 3);

  private static Ledger ledger(long next) {
    return new Ledger(new TreeMap<>(Map.of(AT, new Ledger.Entry(next, 1, 0, 0, 0))));
  }

  private static Checkpoint checkpoint(Map<String, String> values) {
    return new Checkpoint("job", "", 1, 1, Ledger.EMPTY, new TreeMap<>(values), new TreeMap<>());
  }

  private static FirstPositions begunAt(long position) {
    var first = new FirstPositions(Map.of(), Ledger.EMPTY);
    var chunk = new RecordChunk(released -> {});
    chunk.start(AT, position);
    first.add(chunk);
    return first;
  }

  @Test
  void tellsWhereAPartitionWasBegunAndWhatOthersHaveOfIt() {
    FirstPositions first = begunAt(7);
    first.passOver(AT, 20, 30);
    first.passOver(AT, 40, 60);
    first.passOver(AT, 60, 70); // nothing was read in between
    Checkpoint checkpoint = checkpoint(first.addTo(Map.of("other", "value"), ledger(75)));
    assertThat(checkpoint.values()).containsEntry("other", "value");
    assertThat(FirstPositions.of(checkpoint).of(AT)).hasValue(7);
    assertThat(FirstPositions.passedOver(checkpoint))
        .containsOnly(Map.entry(AT, List.of(new Range(20, 30), new Range(40, 70))));
  }

  @Test
  void aRangeThatNothingWasLearnedBehindIsFoundAgainByTheNextRun() {
    FirstPositions first = begunAt(0);
    first.passOver(AT, 20, 30);
    first.passOver(AT, 40, 60);
    Map<String, String> values = first.addTo(Map.of(), ledger(40));
    assertThat(FirstPositions.passedOver(checkpoint(values)).get(AT))
        .containsExactly(new Range(20, 30));
    var next = new FirstPositions(values, ledger(40));
    next.passOver(AT, 40, 80);
    assertThat(FirstPositions.passedOver(checkpoint(next.addTo(Map.of(), ledger(81)))).get(AT))
        .containsExactly(new Range(20, 30), new Range(40, 80));
  }
}
