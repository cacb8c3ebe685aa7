package io.headrace.pipeline.job;

import static io.headrace.pipeline.job.TestVocabulary.JOB;
import static io.headrace.pipeline.job.TestVocabulary.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.LabelSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SetOptionTest {
  @Test
  void replacesAValueOfTheFile() {
    assertThat(read(JOB, "engine.threads=5").engine().threads()).isEqualTo(5);
  }

  @Test
  void theLastOfSeveralHolds() {
    assertThat(read(JOB, "batch.size=5", "batch.size=6").batch().size()).isEqualTo(6);
  }

  @Test
  void addsGroupsThatTheFileHasNot() {
    assertThat(read(JOB, "metrics.topic=m").metrics().topic()).contains("m");
  }

  @Test
  void reachesIntoLists() {
    assertThat(read(JOB, "model.0.dense.units=3").layers().getFirst())
        .hasToString("dense{units=3}");
  }

  @Test
  void givesSettingsToAComponentNamedByABareWord() {
    assertThat(read(JOB, "optimizer=sgd", "optimizer.sgd.learning-rate=0.5").optimizer())
        .hasToString("sgd{learning-rate=0.5}");
  }

  @Test
  void takesListsAndKeysWithDots() {
    JobSpec job =
        read(JOB, "sample.label.classes=[a, b]", "source.kafka.properties.\"max.poll.records\"=5");

    assertThat(job.sample().label().spec()).isEqualTo(new LabelSpec.Classes(List.of("a", "b")));
    assertThat(job.source().settings().asMap())
        .containsEntry("properties", Map.of("max.poll.records", "5"));
  }

  @Test
  void keepsEqualsSignsInTheValue() {
    assertThat(read(JOB, "source.kafka.topic=a=b").source().settings().asMap())
        .containsEntry("topic", "a=b");
  }

  @Test
  void isNamedInPlaceOfALine() {
    assertFault(
        "batch.linger-ms=-5",
        "batch.linger-ms: -5 is not >= 0 (--set batch.linger-ms=-5). Set it to the longest wait you accept"
            + " before a partial batch is trained, e.g. 20.");
    assertFault(
        "bach.size=5", "bach: is not a key here (--set bach.size=5). Did you mean 'batch'?");
    assertFault(
        "source.kafka.topic=",
        "source.kafka.topic: is missing (--set source.kafka.topic=). Add it (text): The topic to read.");
  }

  @Test
  void saysWhenItIsNoOption() {
    String rest =
        ": is not of the form key=value. Write the key as a dotted path, e.g. --set engine.threads=2.";
    assertFault("batch.size", "--set batch.size" + rest);
    assertFault("=5", "--set =5" + rest);
    assertFault("batch..size=5", "--set batch..size=5" + rest);
  }

  @Test
  void saysWhereAPathEnds() {
    assertFault(
        "model.3.dense.units=5",
        "--set model.3.dense.units=5: model is a list of 3, counted from 0, and '3' is not in it. Paths are"
            + " the keys of the job file joined with dots.");
    assertFault(
        "name.first=5",
        "--set name.first=5: name is the single value 'flight-delay', with no keys inside. Paths are the"
            + " keys of the job file joined with dots.");
    assertFault(
        "model.0=[",
        "--set model.0=[:1:2: is not valid YAML: a '[' or '{' that was opened is not closed."
            + " Close it.");
  }

  private static void assertFault(String option, String message) {
    assertThatThrownBy(() -> read(JOB, option))
        .isInstanceOf(HeadraceException.class)
        .hasMessage(message);
  }
}
