package io.headrace.perf.load;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What figures were taken on, for the record that is kept of them. */
public final class Machine {
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

  private Machine() {}

  /** Processor, memory, JDK and flags, a line each. */
  public static String describe() {
    return """
        processor: %s, %d in use
        heap: at most %,d MiB
        JDK: %s (%s)
        flags: %s"""
        .formatted(
            processor(),
            Runtime.getRuntime().availableProcessors(),
            Runtime.getRuntime().maxMemory() >> 20,
            Runtime.version(),
            System.getProperty("java.vm.name"),
            String.join(" ", ManagementFactory.getRuntimeMXBean().getInputArguments()));
  }

  private static String processor() {
    try (Stream<String> lines = Files.lines(PROCESSORS)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .findFirst()
          .map(line -> line.substring(line.indexOf(':') + 2))
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      return System.getProperty("os.arch");
    }
  }
}
