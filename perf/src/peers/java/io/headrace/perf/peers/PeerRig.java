package io.headrace.perf.peers;

import io.headrace.perf.load.Machine;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.global.torch;

/**
 * Compares our engine with PyTorch, each network in a JVM of its own, so that none warms up
 * another.
 *
 * <p>PyTorch is tuned: one OpenBLAS thread beside its own, memory kept instead of returned to the
 * system, the faster layout of images, the fused optimizer.
 */
public final class PeerRig {
  private static final Map<String, String> TUNING =
      Map.of(
          "OPENBLAS_NUM_THREADS", "1",
          "MALLOC_MMAP_THRESHOLD_", "1073741824",
          "MALLOC_TRIM_THRESHOLD_", "4294967296");

  /** Keeps another libtorch of this system from being mixed in. */
  private static final String NO_SYSTEM_LIBRARIES = "-Djava.library.path=";

  private PeerRig() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    PeerSettings settings = PeerSettings.parse(arguments);
    System.out.println(Machine.describe());
    System.out.println("libtorch: " + libtorch() + ", " + TUNING);
    System.out.println("speeds in samples/s; batches of " + Net.BATCH + ", Adam");
    var rows = new ArrayList<String>();
    for (Net net : settings.nets()) {
      if (net.available()) {
        rows.addAll(compare(settings, net));
      } else {
        System.out.printf("%n%s: left out, a layer of it is not in the engine%n", net.name());
      }
    }
    System.out.println("\nmedians of " + settings.rounds() + " rounds\n\n" + Table.HEAD);
    rows.forEach(System.out::println);
  }

  private static String libtorch() {
    String jar = torch.class.getProtectionDomain().getCodeSource().getLocation().getPath();
    return String.valueOf(Path.of(jar).getFileName());
  }

  /** Runs one network's comparison and gives the rows of its table. */
  private static List<String> compare(PeerSettings settings, Net net)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of(NO_SYSTEM_LIBRARIES, "-cp", System.getProperty("java.class.path")));
    command.add(NetRig.class.getName());
    command.addAll(settings.argumentsFor(net));
    var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(TUNING);
    Process process = builder.start();
    var rows = new ArrayList<String>();
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        System.out.println(line);
        if (line.startsWith(Table.ROW)) {
          rows.add(line);
        }
      }
    }
    if (process.waitFor() != 0) {
      throw new IllegalStateException(net.name() + " failed, see above");
    }
    return rows;
  }
}
