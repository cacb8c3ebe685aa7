package io.headrace.perf.peers;

import io.headrace.engine.error.HeadraceException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What the rig is asked for. Immutable.
 *
 * @param nets networks, in order
 * @param threads thread counts that are compared
 * @param rounds that count
 * @param seconds of one side in one round
 * @param data the folder with CIFAR-10's files, if the reference network is to be a job as well
 */
record PeerSettings(
    List<Net> nets, List<Integer> threads, int rounds, double seconds, Optional<Path> data) {
  PeerSettings {
    nets = List.copyOf(nets);
    threads = List.copyOf(threads);
  }

  static PeerSettings parse(String... arguments) {
    var settings = new PeerSettings(Nets.ALL, List.of(1, 2), 5, 1, Optional.empty());
    for (int i = 0; i < arguments.length; i += 2) {
      String value = i + 1 < arguments.length ? arguments[i + 1] : "";
      settings = settings.with(arguments[i], value);
    }
    return settings;
  }

  private PeerSettings with(String option, String value) {
    return switch (option) {
      case "--nets" ->
          new PeerSettings(
              words(value).stream().map(Nets::named).toList(), threads, rounds, seconds, data);
      case "--threads" ->
          new PeerSettings(
              nets, words(value).stream().map(Integer::valueOf).toList(), rounds, seconds, data);
      case "--rounds" -> new PeerSettings(nets, threads, Integer.parseInt(value), seconds, data);
      case "--seconds" -> new PeerSettings(nets, threads, rounds, Double.parseDouble(value), data);
      case "--data" ->
          new PeerSettings(nets, threads, rounds, seconds, Optional.of(Path.of(value)));
      default ->
          throw new HeadraceException(
              option
                  + " is not known. Use --nets cnn,mlp --threads 1,2 --rounds N --seconds N --data DIR,"
                  + " seconds being those of one side in one round.");
    };
  }

  private static List<String> words(String value) {
    return Arrays.asList(value.split(",", -1));
  }

  /** Arguments that ask for the same of one network. */
  List<String> argumentsFor(Net net) {
    var arguments =
        new ArrayList<String>(
            List.of(
                "--nets",
                net.name(),
                "--threads",
                String.join(",", threads.stream().map(String::valueOf).toList()),
                "--rounds",
                String.valueOf(rounds),
                "--seconds",
                String.valueOf(seconds)));
    data.ifPresent(folder -> arguments.addAll(List.of("--data", folder.toString())));
    return arguments;
  }
}
