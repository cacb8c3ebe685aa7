package io.headrace.sink.foreign;

import java.util.stream.IntStream;

/**
 * Where the gates of a recurrent layer of ours stand in the matrices of another program. Ours are
 * i, f, g, o of an LSTM; of a GRU r, z, n of the input, q, r, z of the state, and q, r, z, n of the
 * biases, q being the state's part of n. Immutable.
 */
final class Gates {
  static final Gates RNN = new Gates(new int[] {0}, new int[] {0}, new int[][] {{0, 1}});

  private final int[] input;
  private final int[] state;
  private final int[][] bias;

  /**
   * @param input which of its gates each of ours is, in the matrix of the input
   * @param state the same in the matrix of the state
   * @param bias which of its biases, the state's behind the input's, each of ours is the sum of
   */
  private Gates(int[] input, int[] state, int[][] bias) {
    this.input = input;
    this.state = state;
    this.bias = bias;
  }

  /** Gates of an LSTM, given in which place the other program has i, f, g and o. */
  static Gates lstm(int... places) {
    int[][] bias = IntStream.of(places).mapToObj(p -> new int[] {p, p + 4}).toArray(int[][]::new);
    return new Gates(places, places, bias);
  }

  /** Gates of a GRU, given in which place the other program has r, z and n. */
  static Gates gru(int r, int z, int n) {
    return new Gates(
        new int[] {r, z, n},
        new int[] {n, r, z},
        new int[][] {{3 + n}, {r, 3 + r}, {z, 3 + z}, {n}});
  }

  /** Gates of ours in a matrix of the input or the state. */
  int count() {
    return input.length;
  }

  /** The input's matrix, [gates][units][in] of another program, as [in][gates][units] of ours. */
  float[] input(float[] theirs, int units, int in) {
    return matrix(theirs, input, units, in);
  }

  /** The same of the state's matrix. */
  float[] state(float[] theirs, int units) {
    return matrix(theirs, state, units, units);
  }

  /** Biases of the input and behind them of the state, [gates][units] each, as ours. */
  float[] bias(float[] theirs, int units) {
    return Recipe.sums(theirs, units, bias);
  }

  private static float[] matrix(float[] from, int[] places, int units, int in) {
    int gates = places.length;
    float[] to = new float[from.length];
    for (int gate = 0; gate < gates; gate++) {
      for (int unit = 0; unit < units; unit++) {
        for (int i = 0; i < in; i++) {
          to[(i * gates + gate) * units + unit] = from[(places[gate] * units + unit) * in + i];
        }
      }
    }
    return to;
  }
}
