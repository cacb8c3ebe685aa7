package io.headrace.perf.peers;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Samples a second of every contestant in every round. Immutable.
 *
 * @param rounds speeds by contestant
 */
record Speeds(Map<Contestant, List<Double>> rounds) {
  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /** Median of a side at a number of threads. */
  double median(Side side, int threads) {
    return rounds.entrySet().stream()
        .filter(entry -> entry.getKey().side() == side && entry.getKey().threads() == threads)
        .map(Map.Entry::getValue)
        .mapToDouble(Speeds::median)
        .findFirst()
        .orElse(Double.NaN);
  }

  /** Best median of a side at no more than so many threads: some nets do not gain by a second. */
  double best(Side side, int threads) {
    return rounds.keySet().stream()
        .filter(contestant -> contestant.side() == side && contestant.threads() <= threads)
        .mapToDouble(contestant -> median(Objects.requireNonNull(rounds.get(contestant))))
        .max()
        .orElse(Double.NaN);
  }
}
