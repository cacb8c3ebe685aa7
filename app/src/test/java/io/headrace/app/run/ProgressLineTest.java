package io.headrace.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.app.Screen;
import io.headrace.app.http.JobState;
import io.headrace.app.http.JobStatus;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The progress of a run, on a terminal and in a pipe. */
class ProgressLineTest {
  private final StringWriter out = new StringWriter();

  private static JobStatus status(JobState state, long rejected) {
    var none = new TreeMap<String, Double>();
    return new JobStatus(
        0,
        new JobStatus.Job("flights", state, "", "", "", 0),
        new JobStatus.Progress(1, 10, 0, 0, 0, 0, 0, null, null),
        new JobStatus.Account(7, 7 - rejected, rejected, 0, 0, 0, new TreeMap<>()),
        List.of(),
        new JobStatus.Metrics(10_000, none, none, none, none, null, null, null, 0, 0, 0),
        new JobStatus.Flow(64, 0, 0),
        new JobStatus.Checkpoints(0, 0, 0, null, null),
        null,
        null,
        null,
        List.of());
  }

  @Test
  void coloursWhatMattersOnATerminalAndTakesNoMoreRoom() {
    var line = new ProgressLine(new PrintWriter(out), true, true);
    line.show(status(JobState.PAUSED, 2));
    assertThat(out.toString())
        .contains("\u001b[1mflights\u001b[0m  5 samples  10/s")
        .contains("\u001b[31mrejected 2\u001b[0m", "\u001b[33mPAUSED\u001b[0m");
    assertThat(new Screen(80).show(out.toString()))
        .containsExactly("flights  5 samples  10/s  PAUSED  rejected 2");

    line.show(status(JobState.RUNNING, 0));
    assertThat(new Screen(80).show(out.toString()))
        .as("covers what was there")
        .containsExactly("flights  7 samples  10/s");
  }

  @ParameterizedTest
  @ValueSource(ints = {12, 40, 45, 80, 200})
  void staysOnOneLineWhateverTheWidthAndWhateverTheTerminalEchoes(int width) {
    var line = new ProgressLine(new PrintWriter(out, true), true, true);
    line.show(status(JobState.PAUSED, 2));
    out.write("^C");
    line.end();
    out.write("done");
    String whole = "flights  5 samples  10/s  PAUSED  rejected 2";
    assertThat(new Screen(width).show(out.toString().replace("\r\n", "\n")))
        .containsExactly(
            whole.substring(0, Math.min(whole.length(), width - 1)).stripTrailing(), "done");
  }

  @Test
  void whatIsSaidTakesThePlaceOfTheLine() {
    var line = new ProgressLine(new PrintWriter(out, true), true, true);
    line.show(status(JobState.RUNNING, 0));
    line.say("said");
    line.show(status(JobState.RUNNING, 1));
    assertThat(new Screen(40).show(out.toString()))
        .containsExactly("said", "flights  6 samples  10/s  rejected 1");
  }

  @Test
  void writesPlainLinesIntoAPipe() {
    var line = new ProgressLine(new PrintWriter(out), false);
    for (int second = 0; second < 20; second++) {
      line.show(status(JobState.RUNNING, 1));
    }
    assertThat(out.toString())
        .hasLineCount(2)
        .doesNotContain("\r", "\u001b")
        .startsWith("flights  6 samples  10/s  rejected 1");
  }
}
