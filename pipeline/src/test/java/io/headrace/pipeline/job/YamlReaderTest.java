package io.headrace.pipeline.job;

import static io.headrace.pipeline.job.TestVocabulary.read;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.HeadraceException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said about text that is not YAML, or not fit for a job. */
class YamlReaderTest {
  @Test
  void explainsTabs() {
    assertFault(
        "name: a\nbatch:\n\tsize: 3\n",
        "job.yaml:3:1: is not valid YAML: a tab is used for indentation. YAML allows spaces only: replace"
            + " it.");
  }

  @Test
  void explainsColonsAndIndentation() {
    assertFault(
        "name: a: b\n",
        "job.yaml:1:8: is not valid YAML: a ':' is not expected here. Indent the line as its neighbours, or"
            + " put a text that contains ': ' in quotes.");
    assertFault(
        "batch:\n    size: 3\n  linger-ms: 4\n",
        "job.yaml:3:3: is not valid YAML: the indentation does not fit the lines above. Keys of one group"
            + " begin in the same column.");
    assertFault(
        "name: a\nsize 3\nloss: b\n",
        "job.yaml:3:1: is not valid YAML: a key without ':' and value. Write it as 'key: value', with a"
            + " space behind the colon.");
  }

  @Test
  void explainsWhatIsNotClosed() {
    assertFault(
        "name: 'a\n",
        "job.yaml:2:1: is not valid YAML: a quote that was opened is not closed. Close it.");
    assertFault(
        "classes: [a, b\nname: c\n",
        "job.yaml:2:5: is not valid YAML: a list that was opened with '[' is not closed or lacks a comma."
            + " Write it as [a, b].");
    assertFault(
        "batch: {size: 3\n",
        "job.yaml:2:1: is not valid YAML: a group that was opened with '{' is not closed or lacks a comma."
            + " Write it as {key: value, other: value}.");
  }

  @Test
  void explainsSecondDocumentsAndUnknownAliases() {
    assertFault(
        "name: a\n---\nname: b\n",
        "job.yaml:2:1: is not valid YAML: a second document begins here ('---'). A job file is one"
            + " document: remove it.");
    assertFault(
        "name: *a\n",
        "job.yaml:1:7: is not valid YAML: an alias (*name) has no anchor (&name). Write the value out.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "# only a comment\n", "---\n"})
  void saysWhenTheFileIsEmpty(String text) {
    assertFault(
        text,
        "job.yaml: is empty. Start from one of the jobs in examples/, or docs/configuration.md.");
  }

  @Test
  void wantsKeysAtTheTop() {
    assertFault(
        "- a\n- b\n",
        "job.yaml:1: is a list, not a job. A job file has keys such as name:, source: and model: at its"
            + " start.");
  }

  @Test
  void refusesAliasesThatMultiply() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x]\n");
    for (int i = 1; i < 30; i++) {
      bomb.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }

    assertThatThrownBy(() -> read(bomb.toString()))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("repeats itself too often through aliases");
  }

  @Test
  void refusesAliasesThatContainThemselves() {
    assertThatThrownBy(() -> read("a: &a [*a, *a]\n"))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("nested too deeply");
  }

  @Test
  void refusesDeepNestingAndDataFiles() {
    assertThatThrownBy(() -> read("a: " + "[".repeat(5000)))
        .isInstanceOf(HeadraceException.class)
        .hasMessage(
            "job.yaml: is not valid YAML: the file is nested too deeply. No job needs more than a few"
                + " levels.");
    assertFault(
        "a".repeat(30_000_001),
        "job.yaml: has 30000001 characters, more than the 30000000 a job file may have. Is it a data file?");
  }

  private static void assertFault(String text, String message) {
    assertThatThrownBy(() -> read(text)).isInstanceOf(HeadraceException.class).hasMessage(message);
  }
}
