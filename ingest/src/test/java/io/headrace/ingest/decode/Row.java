package io.headrace.ingest.decode;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.DenseColumn;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SparseColumn;
import io.headrace.engine.sample.TokenColumn;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A row of a block for a test to compare.
 *
 * @param inputs of each input its floats, its pairs as text, or its token ids
 */
record Row(long position, float label, float weight, long timeMillis, List<List<?>> inputs) {

  static Row of(long position, float label, float weight, long timeMillis, List<?>... inputs) {
    return new Row(position, label, weight, timeMillis, List.of(inputs));
  }

  static List<Float> floats(float... values) {
    var list = new ArrayList<Float>();
    for (float value : values) {
      list.add(value);
    }
    return list;
  }

  /** A pair of a sparse input: an id of which {@code bits} bits are kept, and its value. */
  static String pair(int hash, int bits, float value) {
    return String.format(Locale.ROOT, "%d:%s", hash & (int) ((1L << bits) - 1), value);
  }

  /** The pair of a number. */
  static String number(String field, float value, int bits) {
    return pair(Murmur3.hash(field), bits, value);
  }

  /** The pair of text. */
  static String text(String field, String text, int bits) {
    return pair(textHash(field, text), bits, 1);
  }

  static int textHash(String field, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return Murmur3.hash(bytes, 0, bytes.length, Murmur3.hash(field));
  }

  static List<Row> all(SampleBlock block) {
    var rows = new ArrayList<Row>();
    for (int row = 0; row < block.size(); row++) {
      var inputs = new ArrayList<List<?>>();
      for (int i = 0; i < block.schema().inputs().size(); i++) {
        inputs.add(
            switch (block.column(i)) {
              case DenseColumn dense -> floats(dense, row);
              case SparseColumn sparse -> pairs(sparse, row);
              case TokenColumn tokens -> ids(tokens, row);
            });
      }
      rows.add(
          new Row(
              block.positions()[row],
              block.labels()[row],
              block.weights()[row],
              block.eventTimes()[row],
              inputs));
    }
    return rows;
  }

  /** The field of each pair of the first input, row by row; empty where it keeps none. */
  static List<List<Integer>> fields(SampleBlock block) {
    if (!(block.column(0) instanceof SparseColumn pairs) || !pairs.byField()) {
      return List.of();
    }
    return IntStream.range(0, block.size())
        .mapToObj(
            row ->
                Arrays.stream(pairs.fields(), pairs.start(row), pairs.start(row + 1))
                    .boxed()
                    .toList())
        .toList();
  }

  private static List<Integer> ids(TokenColumn tokens, int row) {
    int start = row * tokens.maxLength();
    return IntStream.range(start, start + tokens.length(row))
        .mapToObj(at -> tokens.ids()[at])
        .toList();
  }

  private static List<Float> floats(DenseColumn column, int row) {
    float[] values = new float[column.width()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Floats.read(column.values(), column.start(row) + i);
    }
    return floats(values);
  }

  private static List<String> pairs(SparseColumn column, int row) {
    String[] pairs = new String[column.start(row + 1) - column.start(row)];
    Arrays.setAll(
        pairs,
        i -> {
          int at = column.start(row) + i;
          return pair(column.ids()[at], 31, column.values()[at]);
        });
    return List.of(pairs);
  }
}
