package io.headrace.ingest.decode;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Cuts the line of numbers into buckets, each of which is a category. Immutable. */
public sealed interface Buckets {
  /** What {@link #of} says where borders are not known yet. */
  long NOT_YET = Long.MIN_VALUE;

  /** The number of the bucket that a finite number lies in, or {@link #NOT_YET}. */
  long of(double number);

  /**
   * Bucket 0 lies below the first edge, bucket k from the k-th edge, included, up to the next.
   *
   * @param edges in ascending order
   */
  record Edges(List<Double> edges) implements Buckets {
    public Edges {
      edges = List.copyOf(edges);
      for (int i = 0; i < edges.size(); i++) {
        if (i > 0 && edges.get(i) <= edges.get(i - 1)) {
          throw new IllegalArgumentException(
              "made of edges in ascending order: " + edges.get(i) + " follows " + edges.get(i - 1));
        }
      }
      if (edges.isEmpty()) {
        throw new IllegalArgumentException("made of one edge or more, e.g. {edges: [100, 500]}");
      }
    }

    @Override
    public long of(double number) {
      int below = 0;
      int above = edges.size();
      while (below < above) {
        int middle = (below + above) >>> 1;
        if (edges.get(middle) <= number) {
          below = middle + 1;
        } else {
          above = middle;
        }
      }
      return below;
    }
  }

  /** Bucket k lies from k times {@code width}, included, up to k + 1 times {@code width}. */
  record Width(double width) implements Buckets {
    public Width {
      if (!(width > 0)) {
        throw new IllegalArgumentException("made with a width above 0, not " + width);
      }
    }

    @Override
    public long of(double number) {
      return (long) Math.floor(number / width);
    }
  }

  /**
   * One bucket an octave: 0 holds what is nearer to 0 than 1, k the numbers from 2^(k-1), included,
   * up to 2^k, and -k the same below 0.
   */
  record Octaves() implements Buckets {
    @Override
    public long of(double number) {
      long octave = Math.max(0, Math.getExponent(number) + 1);
      return number < 0 ? -octave : octave;
    }
  }

  /**
   * So many buckets that hold equally many numbers each, as far as equal numbers allow, of the
   * first that the stream brings. Bucket 0 lies below the first border.
   *
   * @param count 2 to {@link #MOST}
   * @param warmUp numbers after which borders never move again
   * @param learned the borders that are learned; empty while the job is only described
   */
  record Quantiles(int count, int warmUp, Optional<LearnedBorders> learned) implements Buckets {
    static final int MOST = 4096;
    private static final int MOST_NUMBERS = 1_000_000;
    private static final int USUAL_NUMBERS = 10_000;

    public Quantiles {
      if (count < 2 || count > MOST) {
        throw new IllegalArgumentException("made of 2 to " + MOST + " quantiles, not " + count);
      }
      if (warmUp < count || warmUp > MOST_NUMBERS) {
        throw new IllegalArgumentException(
            "made with a warm-up within the number of quantiles, here %,d, and %,d, not %,d"
                .formatted(count, MOST_NUMBERS, warmUp));
      }
    }

    Quantiles with(LearnedBorders borders) {
      return new Quantiles(count, warmUp, Optional.of(borders));
    }

    /** Numbers without a border yet wait for it: those of samples to learn from. */
    boolean waits() {
      return borders().waits();
    }

    @Override
    public long of(double number) {
      return borders().bucket((float) number);
    }

    private LearnedBorders borders() {
      return learned.orElseThrow(
          () -> new IllegalStateException("a decoder needs the borders of GrowingVocabularies"));
    }

    /** What decides what is learned. */
    @Override
    public String toString() {
      return "Quantiles[count=" + count + ", warmUp=" + warmUp + "]";
    }

    private static Quantiles read(int count, @Nullable Object warmUp) {
      int numbers = warmUp == null ? Math.max(USUAL_NUMBERS, count) : whole(warmUp);
      return new Quantiles(count, numbers, Optional.empty());
    }

    private static int whole(Object raw) {
      double number = FieldRules.finite(raw, "whole numbers");
      if (number != Math.rint(number) || Math.abs(number) > Integer.MAX_VALUE) {
        throw new IllegalArgumentException("made of whole numbers: " + raw);
      }
      return (int) number;
    }
  }

  /**
   * The buckets that a job file asks for.
   *
   * @throws IllegalArgumentException with what is expected, for anything else
   */
  static Buckets read(Object raw) {
    if ("log2".equals(raw)) {
      return new Octaves();
    }
    if (raw instanceof Map<?, ?> map && map.size() == 1) {
      Object edges = map.get("edges");
      Object width = map.get("width");
      if (edges instanceof List<?> list) {
        return new Edges(list.stream().map(edge -> FieldRules.finite(edge, "numbers")).toList());
      }
      if (width != null) {
        return new Width(FieldRules.finite(width, "numbers"));
      }
    }
    if (raw instanceof Map<?, ?> map && Set.of("quantiles", "warm-up").containsAll(map.keySet())) {
      Object quantiles = map.get("quantiles");
      if (quantiles != null) {
        return Quantiles.read(Quantiles.whole(quantiles), map.get("warm-up"));
      }
    }
    throw new IllegalArgumentException(
        "made of " + String.join(", ", FORMS) + " for each field, not " + raw);
  }

  /** What a job file can have for a field. */
  List<String> FORMS =
      List.of("{edges: [a, b]}", "{width: w}", "log2", "{quantiles: n, warm-up: m}");
}
