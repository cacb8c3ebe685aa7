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
import java.util.TreeMap;
import org.bytedeco.pytorch.global.torch;

/**
 * Compares our engine with PyTorch, each network in a JVM of its own, so that none warms up
 * another.
 *
 * <p>PyTorch is tuned: {@code perf/run.sh} sets what libtorch and the allocator read from the
 * environment, the rig takes the faster layout of images and the fused optimizer.
 */
public final class PeerRig {
  private PeerRig() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    PeerSettings settings = PeerSettings.parse(arguments);
    System.out.println(Machine.describe());
    System.out.println("libtorch: " + libtorch() + ", " + tuning());
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

  /** What of the environment bears on libtorch. */
  private static Map<String, String> tuning() {
    var tuning = new TreeMap<>(System.getenv());
    tuning.keySet().removeIf(name -> !name.matches("(OPENBLAS|MALLOC|OMP|GOMP|KMP|MKL|ATEN)_.*"));
    return tuning;
  }

  /** Runs one network's comparison and gives the rows of its table. */
  private static List<String> compare(PeerSettings settings, Net net)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(NetRig.class.getName());
    command.addAll(settings.argumentsFor(net));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
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
