package io.headrace.perf.job;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a command took from its start to its end.
 *
 * @param seconds by the clock
 * @param processorSeconds of all its threads, the system's part included
 */
record WholeProcess(double seconds, double processorSeconds) {
  private static final Pattern TIME = Pattern.compile("(\\d+)m([\\d.]+)s (\\d+)m([\\d.]+)s\\s*$");

  /**
   * Runs a command to its end.
   *
   * @throws IllegalStateException with what it said, if it fails
   */
  static WholeProcess of(List<String> command) throws IOException {
    // The last line of the shell's "times" is the processor time of its children that have ended.
    List<String> shell = new ArrayList<>(List.of("sh", "-c", "\"$@\" && times", "sh"));
    shell.addAll(command);
    long begun = System.nanoTime();
    Process process = new ProcessBuilder(shell).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    double seconds = (System.nanoTime() - begun) / 1e9;
    try {
      Matcher time = TIME.matcher(said);
      if (process.waitFor() != 0 || !time.find()) {
        throw new IllegalStateException(String.join(" ", command) + ": " + said.strip());
      }
      return new WholeProcess(seconds, seconds(time, 1) + seconds(time, 3));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  private static double seconds(Matcher time, int group) {
    return 60 * Double.parseDouble(time.group(group)) + Double.parseDouble(time.group(group + 1));
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%5.2f s, %5.2f s of processor time", seconds, processorSeconds);
  }
}
