package io.headrace.perf.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A process of its own with a table of 256 MiB; {@code perf/run.sh tables} has larger ones. */
class TableMemoryTest {
  private static final int BITS = 25;

  /** What does not grow with a table: compiled code, threads, buffers; 20 MiB of 256. */
  private static final double FIXED_PART = 0.08;

  @TempDir Path folder;

  @Test
  @EnabledOnOs(OS.LINUX)
  void aTableTakesItsOwnSizeAndATenthAtMostWithCheckpointsAndTheLastGoodState() throws Exception {
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms64m", // a heap that does not grow meanwhile
                "-Xmx64m",
                "-XX:+AlwaysPreTouch",
                "--add-modules",
                "jdk.incubator.vector",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                TableMemory.class.getName(),
                Integer.toString(BITS))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    String report = Files.readString(output);
    assertThat(process.exitValue()).as(report).isZero();
    assertThat(part(report, "few ids")).as(report).isLessThan(0.15);
    assertThat(part(report, "every page")).as(report).isBetween(0.9, 1.1);
    assertThat(part(report, "at most")).as(report).isLessThan(1.1 + FIXED_PART);
    assertThat(part(report, "restored")).as(report).isBetween(0.9, 1.1 + FIXED_PART);
    assertThat(report).containsPattern("files resident, at most +[\\d,]{11}");
    assertThat(report).containsPattern("checkpoint, 64 more +[\\d,]+ bytes on another");
  }

  private static double part(String report, String what) {
    Matcher line =
        Pattern.compile("resident, " + what + ".* ([\\d.]+) of the table").matcher(report);
    assertThat(line.find()).as(report).isTrue();
    return Double.parseDouble(line.group(1));
  }
}
