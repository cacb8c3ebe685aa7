package io.headrace.pipeline.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.ingest.decode.InputMapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LearnedVocabulariesTest {
  @TempDir Path folder;

  @BeforeEach
  void writeTexts() throws IOException {
    Files.createDirectories(folder.resolve("train/neg"));
    Files.createDirectories(folder.resolve("train/pos"));
    Files.writeString(folder.resolve("train/neg/1.txt"), "a bad film");
    Files.writeString(folder.resolve("train/pos/1.txt"), "A \"good\" film: a\n");
    Files.writeString(folder.resolve("words.txt"), "film\n\ngood\r\n");
  }

  private static String job(String label, String tokens) {
    return TestVocabulary.JOB
        .replace("{field: late, classes: [on-time, late]}", label)
        .replace("sparse:\n        fields: [origin, hour]\n        bits: 18", tokens);
  }

  private JobSpec read(String tokens, String... overrides) {
    String text = job("{classes: [neg, pos]}", "tokens: {length: 8, " + tokens + "}");
    return JobFile.parse(TestVocabulary.vocabulary(), "job.yaml", text, List.of(overrides), folder);
  }

  private static List<String> vocabulary(JobSpec job) {
    return ((InputMapping.Tokens) job.sample().inputs().getFirst()).vocabulary();
  }

  @Test
  void learnsWordsWhenTheJobIsRead() {
    assertThat(vocabulary(read("learn-from: train"))).containsExactly("a", "film", "bad", "good");
    assertThat(vocabulary(read("learn-from: train/pos/1.txt, min-count: 2"))).containsExactly("a");
    assertThat(vocabulary(read("learn-from: 'train/*/*.txt', vocabulary-size: 2")))
        .containsExactly("a", "film");
  }

  @Test
  void readsAFileOfTokens() {
    assertThat(vocabulary(read("vocabulary-file: words.txt"))).containsExactly("film", "good");
  }

  @Test
  void theJobOfACheckpointNeedsNoFiles() throws IOException {
    JobSpec job = read("split: characters, learn-from: train");
    assertThat(vocabulary(job)).contains("\n", "\"", " ", ":");
    Files.delete(folder.resolve("train/neg/1.txt"));
    JobSpec again =
        JobFile.parse(
            TestVocabulary.vocabulary(), "checkpoint", job.yaml(), List.of(), Path.of("elsewhere"));
    assertThat(again.sample()).isEqualTo(job.sample());
    assertThat(again.fingerprint()).isEqualTo(job.fingerprint());
  }

  @Test
  void anotherVocabularyIsAnotherJob() throws IOException {
    JobSpec job = read("learn-from: train");
    Files.writeString(folder.resolve("train/neg/2.txt"), "new words");
    assertThat(read("learn-from: train").fingerprint().differencesFrom(job.fingerprint()))
        .singleElement()
        .asString()
        .startsWith("sample.inputs.features.tokens.vocabulary: was [a, film, bad, good], is [a,");
  }

  @Test
  void longVocabulariesAreKnownByTheirDigest() throws IOException {
    var text = new StringBuilder();
    for (int i = 0; i < 1000; i++) {
      text.append("word").append(i).append(' ');
    }
    Files.writeString(folder.resolve("train/neg/2.txt"), text);
    JobSpec job = read("learn-from: train");
    Files.writeString(folder.resolve("train/neg/2.txt"), text + "more");
    List<String> differences =
        read("learn-from: train").fingerprint().differencesFrom(job.fingerprint());
    assertThat(differences).singleElement().asString().hasSizeLessThan(400).contains("sha256");
  }

  @Test
  void anInputsVocabularyCanNameTheClasses() {
    String text =
        job(
            "{classes-from: features}",
            "tokens: {length: 8, split: characters, learn-from: train}");
    JobSpec job =
        JobFile.parse(
            TestVocabulary.vocabulary(), "job.yaml", text, List.of("loss=softmax"), folder);
    assertThat(job.sample().label().spec()).isEqualTo(new LabelSpec.Classes(vocabulary(job)));
    String hashed = job("{classes-from: features}", "tokens: {length: 8, buckets: 10}");
    assertThatThrownBy(
            () -> JobFile.parse(TestVocabulary.vocabulary(), "job.yaml", hashed, List.of(), folder))
        .hasMessageContaining("features is not a tokens input with a vocabulary");
  }

  @Test
  void saysWhatIsMissingOrWrong() {
    assertThatThrownBy(() -> read("learn-from: trian"))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("there is no file trian");
    assertThatThrownBy(() -> read("lern-from: train"))
        .hasMessageContaining("Did you mean 'learn-from'?");
    assertThatThrownBy(() -> read("buckets: 10, learn-from: train"))
        .hasMessageContaining("takes one of learn-from, vocabulary-file, vocabulary and buckets");
  }
}
