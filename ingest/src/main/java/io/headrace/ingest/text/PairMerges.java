package io.headrace.ingest.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Learns byte pairs (Sennrich, Haddow, Birch 2016, algorithm 1): the vocabulary begins with every
 * character, in the order of code points, and goes on with the most frequent pair of neighbouring
 * tokens, merged, again and again. Of equally frequent pairs, the one whose two tokens came first
 * is taken. Used once.
 */
final class PairMerges {
  /** A pair and how often it was met when it was put into the queue. */
  private record Candidate(long pair, long count) {}

  private static final Comparator<Candidate> MOST_FREQUENT =
      Comparator.comparingLong(Candidate::count).reversed().thenComparingLong(Candidate::pair);

  private final List<String> tokens = new ArrayList<>();
  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<int[]> chunks = new ArrayList<>();
  private final long[] weights;
  private final Map<Long, Long> counts = new HashMap<>();
  private final Map<Long, Set<Integer>> places = new HashMap<>();
  private final PriorityQueue<Candidate> queue = new PriorityQueue<>(MOST_FREQUENT);

  /**
   * @param met chunks and how often each was met
   */
  PairMerges(Map<String, Long> met) {
    var sorted = new TreeMap<>(met);
    var characters = new TreeSet<Integer>();
    sorted.keySet().forEach(chunk -> chunk.codePoints().forEach(characters::add));
    characters.forEach(character -> number(Character.toString(character)));
    weights = sorted.values().stream().mapToLong(Long::longValue).toArray();
    for (String chunk : sorted.keySet()) {
      chunks.add(chunk.codePoints().map(c -> number(Character.toString(c))).toArray());
    }
  }

  /** The token's number; a new one where two other pieces did not make the same before. */
  private int number(String token) {
    Integer known = numbers.putIfAbsent(token, tokens.size());
    if (known == null) {
      tokens.add(token);
    }
    return known == null ? tokens.size() - 1 : known;
  }

  List<String> vocabulary(int size, int minCount) {
    for (int i = 0; i < chunks.size(); i++) {
      count(i, 1);
    }
    counts.forEach((pair, count) -> queue.add(new Candidate(pair, count)));
    while (tokens.size() < size) {
      Candidate best = queue.poll();
      if (best == null || best.count() < minCount) {
        break;
      }
      if (counts.getOrDefault(best.pair(), 0L) == best.count()) {
        merge(best.pair());
      }
    }
    return tokens.subList(0, Math.min(size, tokens.size()));
  }

  private static long pair(int left, int right) {
    return (long) left << 32 | right;
  }

  private void merge(long pair) {
    int left = (int) (pair >>> 32);
    int right = (int) pair;
    int merged = number(tokens.get(left) + tokens.get(right));
    Set<Long> changed = new HashSet<>();
    for (int chunk : places.getOrDefault(pair, Set.of()).toArray(new Integer[0])) {
      note(chunk, changed);
      count(chunk, -1);
      chunks.set(chunk, merged(chunks.get(chunk), left, right, merged));
      count(chunk, 1);
      note(chunk, changed);
    }
    counts.remove(pair);
    places.remove(pair);
    for (long other : changed) {
      Long count = counts.get(other);
      if (count != null && count > 0) {
        queue.add(new Candidate(other, count));
      }
    }
  }

  private void note(int chunk, Set<Long> pairs) {
    int[] pieces = chunks.get(chunk);
    for (int i = 0; i + 1 < pieces.length; i++) {
      pairs.add(pair(pieces[i], pieces[i + 1]));
    }
  }

  private void count(int chunk, int sign) {
    int[] pieces = chunks.get(chunk);
    for (int i = 0; i + 1 < pieces.length; i++) {
      long pair = pair(pieces[i], pieces[i + 1]);
      counts.merge(pair, sign * weights[chunk], Long::sum);
      if (sign > 0) {
        places.computeIfAbsent(pair, p -> new HashSet<>()).add(chunk);
      }
    }
  }

  private static int[] merged(int[] pieces, int left, int right, int merged) {
    int[] result = new int[pieces.length];
    int filled = 0;
    for (int i = 0; i < pieces.length; i++) {
      boolean here = i + 1 < pieces.length && pieces[i] == left && pieces[i + 1] == right;
      result[filled++] = here ? merged : pieces[i];
      i += here ? 1 : 0;
    }
    return Arrays.copyOf(result, filled);
  }
}
