package io.headrace.ingest.decode;

import java.util.List;
import java.util.Map;

/** Cuts the line of numbers into buckets, each of which is a category. Immutable. */
public sealed interface Buckets {
  /** The number of the bucket that a finite number lies in. */
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
    throw new IllegalArgumentException(
        "made of " + String.join(", ", FORMS) + " for each field, not " + raw);
  }

  /** What a job file can have for a field. */
  List<String> FORMS = List.of("{edges: [a, b]}", "{width: w}", "log2");
}
