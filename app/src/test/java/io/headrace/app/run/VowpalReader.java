package io.headrace.app.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A slow reader of readable models of Vowpal Wabbit, which predicts as its documentation says: the
 * sum over a line's features of weight times value, where a feature's index is the hash of its name
 * seeded with that of its namespace, numbers standing for themselves, and a constant is on each. It
 * shares no code with what it tests.
 */
final class VowpalReader {
  private static final int CONSTANT = 11_650_396;

  private final double[] weights;

  private VowpalReader(double[] weights) {
    this.weights = weights;
  }

  static VowpalReader read(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    String bits = lines.stream().filter(line -> line.startsWith("bits:")).findFirst().orElseThrow();
    int size = Integer.parseInt(bits.substring("bits:".length()));
    double[] weights = new double[1 << size];
    for (String line : lines.subList(lines.indexOf(":0") + 1, lines.size())) {
      String[] parts = line.split(":", 2);
      weights[Integer.parseInt(parts[0])] = Double.parseDouble(parts[1]);
    }
    return new VowpalReader(weights);
  }

  /** The raw score of a line of Vowpal Wabbit's text format. */
  double score(String line) {
    double sum = weight(CONSTANT);
    String[] namespaces = line.split("\\|", -1);
    for (int i = 1; i < namespaces.length; i++) {
      String text = namespaces[i];
      boolean named = !text.startsWith(" ");
      String[] words = text.strip().split(" +", -1);
      int seed = 0;
      double scale = 1;
      if (named) {
        String[] name = words[0].split(":", 2);
        seed = hash(name[0], 0);
        scale = name.length > 1 ? Double.parseDouble(name[1]) : 1;
      }
      for (int word = named ? 1 : 0; word < words.length; word++) {
        String[] feature = words[word].split(":", 2);
        double value = feature.length > 1 ? Double.parseDouble(feature[1]) : 1;
        sum += weight(hash(feature[0], seed)) * value * scale;
      }
    }
    return sum;
  }

  private double weight(int index) {
    return weights[index & (weights.length - 1)];
  }

  private static int hash(String name, int seed) {
    return name.matches("\\d+") ? Integer.parseInt(name) + seed : murmur3(name, seed);
  }

  private static int murmur3(String name, int seed) {
    byte[] key = name.getBytes(StandardCharsets.UTF_8);
    int hash = seed;
    int whole = key.length / 4 * 4;
    for (int at = 0; at < whole; at += 4) {
      int block = 0;
      for (int i = 3; i >= 0; i--) {
        block = (block << 8) | (key[at + i] & 0xff);
      }
      hash = Integer.rotateLeft(hash ^ mixed(block), 13) * 5 + 0xe6546b64;
    }
    int tail = 0;
    for (int at = key.length - 1; at >= whole; at--) {
      tail = (tail << 8) | (key[at] & 0xff);
    }
    hash ^= mixed(tail);
    hash ^= key.length;
    hash = (hash ^ (hash >>> 16)) * 0x85ebca6b;
    hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35;
    return hash ^ (hash >>> 16);
  }

  private static int mixed(int block) {
    return Integer.rotateLeft(block * 0xcc9e2d51, 15) * 0x1b873593;
  }
}
