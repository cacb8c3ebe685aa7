package io.headrace.pipeline.job;

import static io.headrace.pipeline.job.TestVocabulary.JOB;
import static io.headrace.pipeline.job.TestVocabulary.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.UpdateMode;
import org.junit.jupiter.api.Test;

class FingerprintTest {
  private final Fingerprint fingerprint = read(JOB).fingerprint();

  @Test
  void namesEverySettingThatDecidesWhatIsLearned() {
    assertThat(fingerprint.text())
        .isEqualTo(
            """
            batch.size = 64
            engine.seed = 1
            engine.shards = 8
            loss = logistic
            loss.logistic.positive-weight = 1.0
            model.0 = dense
            model.0.dense.units = 16
            model.1 = relu
            model.2 = linear
            model.2.linear.input = features
            optimizer = ftrl
            optimizer.ftrl.learning-rate = 0.05
            sample.inputs.features = sparse
            sample.inputs.features.sparse.bits = 18
            sample.inputs.features.sparse.categorical = []
            sample.inputs.features.sparse.cross = []
            sample.inputs.features.sparse.fields = [origin, hour]
            sample.inputs.features.sparse.scale = {}
            sample.label.classes = [on-time, late]
            sample.label.field = late
            sample.label.type = class
            schedule = constant
            schedule.constant.warm-up = 0
            """);
  }

  @Test
  void readsBack() {
    assertThat(Fingerprint.parse(fingerprint.text())).isEqualTo(fingerprint);
  }

  @Test
  void leavesOutWhatDoesNotChangeTheResult() {
    JobSpec other =
        read(JOB, "engine.threads=7", "batch.linger-ms=1", "source.kafka.topic=x", "name=other");

    assertThat(other.fingerprint()).isEqualTo(fingerprint);
  }

  @Test
  void saysWhatDiffers() {
    Fingerprint other = read(JOB, "batch.size=32", "optimizer=sgd").fingerprint();

    assertThat(other.differencesFrom(fingerprint))
        .containsExactly(
            "batch.size: was 64, is 32",
            "optimizer: was ftrl, is sgd",
            "optimizer.ftrl.learning-rate: was 0.05, is absent",
            "optimizer.sgd.learning-rate: was absent, is 0.1");
  }

  @Test
  void changesWithTheUpdateAndIsThatOfOldCheckpointsWithoutIt() {
    JobSpec rowByRow = read(JOB, "engine.update=sample");

    assertThat(rowByRow.modelSpec().update()).isEqualTo(UpdateMode.SAMPLE);
    assertThat(rowByRow.fingerprint().differencesFrom(fingerprint))
        .containsExactly("engine.update: was absent, is sample");
    assertThat(read(JOB, "engine.update=batch").fingerprint()).isEqualTo(fingerprint);
  }

  @Test
  void writesMapsInAnOrderOfTheirOwn() {
    String scale = "sample.inputs.features.sparse.scale={origin: 2, hour: 3}";

    assertThat(read(JOB, scale).fingerprint().settings())
        .containsEntry("sample.inputs.features.sparse.scale", "{hour=3.0, origin=2.0}");
  }

  @Test
  void changesWithTheScheduleAndWithClipping() {
    Fingerprint other =
        read(JOB, "schedule.cosine.steps=900", "gradient-clipping.norm=1").fingerprint();

    assertThat(other.differencesFrom(fingerprint))
        .containsExactly(
            "gradient-clipping.norm: was absent, is 1.0",
            "schedule: was constant, is cosine",
            "schedule.constant.warm-up: was 0, is absent",
            "schedule.cosine.final: was absent, is 0.0",
            "schedule.cosine.steps: was absent, is 900",
            "schedule.cosine.warm-up: was absent, is 0");
  }
}
