package io.headrace.ingest.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.ingest.GroupMember;
import io.headrace.ingest.kafka.CommitNote.Range;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommitNoteTest {
  private static CommitNote inTurn() {
    return CommitNote.NONE.with("a", 0).with("b", 100).with("c", 200).with("a", 300);
  }

  @Test
  void isReadAsItWasWritten() {
    assertThat(CommitNote.of(inTurn().beside(400))).isEqualTo(inTurn());
  }

  @Test
  void aModelThatGoesOnKeepsWhereItBegan() {
    assertThat(inTurn().with("a", 350)).isEqualTo(inTurn());
  }

  @Test
  void saysWhatOthersLearned() {
    assertThat(inTurn().byOthers("a", 0, 400)).containsExactly(new Range(100, 300));
    assertThat(inTurn().byOthers("a", 150, 400)).containsExactly(new Range(150, 300));
    assertThat(inTurn().byOthers("a", 300, 400)).isEmpty();
    assertThat(inTurn().byOthers("b", 50, 400))
        .containsExactly(new Range(50, 100), new Range(200, 400));
    assertThat(inTurn().byOthers("b", 500, 400)).isEmpty();
  }

  @Test
  void saysWhereAModelBegan() {
    assertThat(inTurn().begunBy("a")).hasValue(0);
    assertThat(inTurn().begunBy("c")).hasValue(200);
    assertThat(inTurn().begunBy("d")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "headrace-lineages", "headrace-lineages a@x", "of another program"})
  void whatOthersCommitHasNone(String note) {
    assertThat(CommitNote.of(new OffsetAndMetadata(7, note))).isEqualTo(CommitNote.NONE);
  }

  @Test
  void keepsTheLatestWithinWhatABrokerTakes() {
    CommitNote note = CommitNote.NONE;
    for (int i = 0; i < 500; i++) {
      note = note.with(GroupMember.newLineage(), 100_000_000_000_000_000L + i);
    }
    assertThat(note.beside(1).metadata()).hasSizeLessThan(4096);
    assertThat(note.stretches().getLast().from()).isEqualTo(100_000_000_000_000_499L);
    assertThat(note.hasForgottenModels()).isTrue();
    assertThat(CommitNote.of(note.beside(1))).isEqualTo(note);
  }

  /** However often a partition moves, each model still finds where it began. */
  @Test
  void forgetsStretchesBeforeItForgetsModels() {
    var random = new SplittableRandom(20261126);
    CommitNote note = CommitNote.NONE;
    List<String> lineages = Stream.generate(GroupMember::newLineage).limit(30).toList();
    Map<String, Long> begun = new HashMap<>();
    List<String> owners = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      String lineage = lineages.get(random.nextInt(lineages.size()));
      note = note.with(lineage, 10L * i);
      begun.putIfAbsent(lineage, 10L * i);
      owners.add(lineage);
    }
    assertThat(note.beside(1).metadata()).hasSizeLessThan(4096);
    assertThat(note.hasForgottenModels()).isFalse();
    for (String lineage : lineages) {
      assertThat(note.begunBy(lineage)).hasValue(Objects.requireNonNull(begun.get(lineage)));
      for (Range range : note.byOthers(lineage, 0, 50_000)) {
        List<String> those = owners.subList((int) range.from() / 10, (int) range.to() / 10);
        assertThat(those).as("%s, learned by others", range).doesNotContain(lineage);
      }
    }
    assertThat(note.byOthers(lineages.getFirst(), 49_000, 50_000)).isNotEmpty();
  }

  @Test
  void whatIsForgottenIsNotTakenForAnothers() {
    CommitNote note = CommitNote.NONE;
    for (int i = 0; i < 300; i++) {
      note = note.with(i % 2 == 0 ? "a" : "b", i);
    }
    assertThat(note.stretches()).hasSizeLessThanOrEqualTo(100);
    assertThat(note.byOthers("c", 0, 300)).startsWith(new Range(0, 2)).hasSize(2);
    assertThat(note.byOthers("a", 0, 300)).startsWith(new Range(1, 2));
  }
}
