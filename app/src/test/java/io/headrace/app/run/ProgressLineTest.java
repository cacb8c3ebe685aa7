package io.headrace.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.app.http.JobState;
import io.headrace.app.http.JobStatus;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

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
        new JobStatus.Metrics(none, none, none, none, null, null, null, 0, 0, 0),
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
        .startsWith("\r\u001b[1mflights\u001b[0m  5 samples  10/s")
        .contains("\u001b[31mrejected 2\u001b[0m", "\u001b[33mPAUSED\u001b[0m");
    String plain = out.toString().replaceAll("\u001b\\[\\d+m", "");

    out.getBuffer().setLength(0);
    line.show(status(JobState.RUNNING, 0));
    String shorter = out.toString().replaceAll("\u001b\\[\\d+m", "");
    assertThat(shorter).as("covers what was there").hasSameSizeAs(plain);
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
