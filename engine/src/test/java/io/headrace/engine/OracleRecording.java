package io.headrace.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What PyTorch computed of one network, as {@code src/test/oracle/record.py} wrote it. Maps are in
 * the order of the file.
 *
 * @param tensors bounds of the first values, by name
 * @param gradients of the first step
 * @param losses of each step
 * @param finals parameters and running statistics after the last step
 */
record OracleRecording(
    Map<String, Bounds> tensors,
    Map<String, Digest> gradients,
    List<Double> losses,
    Map<String, Digest> finals) {

  /** Limits of a tensor's first values. */
  record Bounds(double low, double high) {}

  /** Sum of squares and a dot product with a stream of numbers: what a tensor is known by. */
  record Digest(double squares, double dot) {}

  static OracleRecording read(String name) throws IOException {
    var recording =
        new OracleRecording(
            new LinkedHashMap<>(), new LinkedHashMap<>(), new ArrayList<>(), new LinkedHashMap<>());
    for (String line : lines("/oracle/" + name + ".txt")) {
      String[] words = line.split(" ", -1);
      switch (words[0]) {
        case "tensor" ->
            recording.tensors.put(words[1], new Bounds(number(words[2]), number(words[3])));
        case "gradient" -> recording.gradients.put(words[1], digest(words));
        case "loss" -> recording.losses.add(number(words[1]));
        case "final" -> recording.finals.put(words[1], digest(words));
        default -> throw new IllegalArgumentException(line);
      }
    }
    return recording;
  }

  private static Digest digest(String[] words) {
    return new Digest(number(words[2]), number(words[3]));
  }

  private static double number(String word) {
    return Double.parseDouble(word);
  }

  private static List<String> lines(String file) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(OracleRecording.class.getResourceAsStream(file), file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }
}
