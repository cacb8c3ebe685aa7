package io.headrace.perf.peers;

import io.headrace.engine.error.HeadraceException;
import java.util.Arrays;
import java.util.List;

/**
 * What the rig is asked for. Immutable.
 *
 * @param nets networks, in order
 * @param threads thread counts that are compared
 * @param rounds that count
 * @param seconds of one side in one round
 */
record PeerSettings(List<Net> nets, List<Integer> threads, int rounds, double seconds) {
  PeerSettings {
    nets = List.copyOf(nets);
    threads = List.copyOf(threads);
  }

  static PeerSettings parse(String... arguments) {
    var settings = new PeerSettings(Nets.ALL, List.of(1, 2), 5, 1);
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
              words(value).stream().map(Nets::named).toList(), threads, rounds, seconds);
      case "--threads" ->
          new PeerSettings(
              nets, words(value).stream().map(Integer::valueOf).toList(), rounds, seconds);
      case "--rounds" -> new PeerSettings(nets, threads, Integer.parseInt(value), seconds);
      case "--seconds" -> new PeerSettings(nets, threads, rounds, Double.parseDouble(value));
      default ->
          throw new HeadraceException(
              option
                  + " is not known. Use --nets cnn,mlp --threads 1,2 --rounds N --seconds N,"
                  + " seconds being those of one side in one round.");
    };
  }

  private static List<String> words(String value) {
    return Arrays.asList(value.split(",", -1));
  }

  /** Arguments that ask for the same of one network. */
  List<String> argumentsFor(Net net) {
    return List.of(
        "--nets",
        net.name(),
        "--threads",
        String.join(",", threads.stream().map(String::valueOf).toList()),
        "--rounds",
        String.valueOf(rounds),
        "--seconds",
        String.valueOf(seconds));
  }
}
