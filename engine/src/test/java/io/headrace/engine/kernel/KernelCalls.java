package io.headrace.engine.kernel;

import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** One call of every kernel on random data of a given size, each with room around its operands. */
final class KernelCalls {
  /** Space before an operand, which no kernel may touch. */
  private static final int MARGIN = 5;

  private KernelCalls() {}

  /** Calls a kernel on four operands of {@link #size} floats. */
  @FunctionalInterface
  interface Call {
    void on(Kernels kernels, MemorySegment a, MemorySegment b, MemorySegment c, MemorySegment d);
  }

  /** Floats that a call for size n may touch. */
  static int size(int n) {
    return MARGIN + (Kernels.padded(n) + 12) * (Kernels.padded(n) + 12) + MARGIN;
  }

  static MemorySegment operand(int n, long seed, boolean positive) {
    var random = new Random(seed);
    MemorySegment values = Floats.allocate(size(n));
    for (int i = 0; i < size(n); i++) {
      float value = (float) random.nextGaussian();
      Floats.write(values, i, positive ? Math.abs(value) : value);
    }
    return values;
  }

  /** Every kernel by name; {@code a} and {@code d} may be written, {@code d} is never negative. */
  static Map<String, Call> all(int n) {
    int o = MARGIN;
    int columns = Kernels.padded(n);
    int stride = columns + 3;
    var calls = new LinkedHashMap<String, Call>();
    calls.put(
        "addProduct",
        (k, a, b, c, d) ->
            k.addProduct(n, columns, n, b, o, stride, 1, c, o, stride, a, o, stride));
    calls.put(
        "addProduct of a transpose",
        (k, a, b, c, d) ->
            k.addProduct(n, columns, n, b, o, 1, stride, c, o, stride, a, o, stride));
    calls.put(
        "product on a row for all",
        (k, a, b, c, d) ->
            k.product(n, columns, n, b, o, stride, 1, c, o, stride, d, o, 0, a, o, stride));
    calls.put(
        "product by panels",
        (k, a, b, c, d) -> {
          for (int j = 0; j < columns; ) {
            int panel = k.panel(columns - j);
            k.addProduct(n, panel, n, b, o, stride, 1, c, o + j, stride, a, o + j, stride);
            j += panel;
          }
        });
    calls.put("rowDots", (k, a, b, c, d) -> k.rowDots(n, n, b, o, stride, c, o, 0.25f, a, o));
    calls.put(
        "weightedRowSum", (k, a, b, c, d) -> k.weightedRowSum(n, n, b, o, c, o, stride, a, o));
    calls.put("rowSum", (k, a, b, c, d) -> k.rowSum(n, n, c, o, stride, a, o));
    calls.put("transpose", (k, a, b, c, d) -> k.transpose(n, n, b, o, stride, a, o, stride));
    calls.put("addScaled", (k, a, b, c, d) -> k.addScaled(n, 0.7f, b, o, a, o));
    calls.put("leakyRelu", (k, a, b, c, d) -> k.leakyRelu(n, 0.01f, b, o, a, o));
    calls.put("leakyReluGradient", (k, a, b, c, d) -> k.leakyReluGradient(n, 0, b, o, c, o, a, o));
    calls.put("tanh", (k, a, b, c, d) -> k.tanh(n, b, o, a, o));
    calls.put("tanhGradient", (k, a, b, c, d) -> k.tanhGradient(n, b, o, c, o, a, o));
    calls.put("sigmoid", (k, a, b, c, d) -> k.sigmoid(n, b, o, a, o));
    calls.put("sigmoidGradient", (k, a, b, c, d) -> k.sigmoidGradient(n, b, o, c, o, a, o));
    calls.put("gelu", (k, a, b, c, d) -> k.gelu(n, b, o, a, o, c, o));
    calls.put("multiply", (k, a, b, c, d) -> k.multiply(n, b, o, c, o, a, o));
    calls.put("scale", (k, a, b, c, d) -> k.scale(n, 0.7f, a, o));
    calls.put("clamp", (k, a, b, c, d) -> k.clamp(n, 0.5f, a, o));
    calls.put("shrink", (k, a, b, c, d) -> k.shrink(n, 0.3f, a, o));
    calls.put("squaredSum", (k, a, b, c, d) -> Floats.write(a, 0, (float) k.squaredSum(n, b, o)));
    calls.put("sgd", (k, a, b, c, d) -> k.sgd(n, 0.1f, 0.01f, a, o, b, o));
    calls.put(
        "momentum", (k, a, b, c, d) -> k.momentum(n, 0.1f, 0.9f, false, 0.01f, a, d, o, b, o));
    calls.put("nesterov", (k, a, b, c, d) -> k.momentum(n, 0.1f, 0.9f, true, 0.01f, a, d, o, b, o));
    calls.put("adagrad", (k, a, b, c, d) -> k.adagrad(n, 0.1f, 1e-8f, 0.01f, 0.3f, a, d, o, b, o));
    calls.put(
        "rmsNormalise", (k, a, b, c, d) -> k.rmsNormalise(n, 0.9f, 1e-8f, 0.01f, c, d, o, a, o));
    calls.put(
        "adam",
        (k, a, b, c, d) -> k.adam(n, 0.1f, 1.5f, 0.9f, 0.999f, 1e-8f, 0.01f, a, c, d, o, b, o));
    calls.put("ftrl", (k, a, b, c, d) -> k.ftrl(n, 0.1f, 1f, 0.5f, 0.2f, a, c, d, o, b, o));
    calls.put("copyApart", (k, a, b, c, d) -> k.copyApart(n, b, o, 3, a, o, false));
    calls.putAll(images(n));
    calls.putAll(cells(n));
    calls.putAll(norms(n));
    return calls;
  }

  private static Map<String, Call> cells(int n) {
    int o = MARGIN;
    int gap = n + 2;
    var calls = new LinkedHashMap<String, Call>();
    int row = 4 * gap + 1; // of two
    long pair = 2L * gap;
    long last = o + 2 * pair;
    calls.put(
        "lstm", (k, a, b, c, d) -> k.lstm(2, n, a, o, row, gap, d, o, o + gap, pair, d, last, gap));
    calls.put(
        "lstmGradient",
        (k, a, b, c, d) ->
            k.lstmGradient(
                2, n, b, o, row, gap, c, o, o + gap, pair, c, last, d, o, gap, a, o, row));
    calls.put("gru", (k, a, b, c, d) -> k.gru(2, n, a, o, row, gap, d, o, o + gap, pair));
    calls.put(
        "gruGradient",
        (k, a, b, c, d) -> k.gruGradient(2, n, b, o, row, gap, c, o, gap, d, o, gap, a, o, row));
    return calls;
  }

  private static Map<String, Call> images(int n) {
    int o = MARGIN;
    int columns = Kernels.padded(n);
    int stride = columns + 3;
    var calls = new LinkedHashMap<String, Call>();
    int m = Math.min(n, ImageKernels.CHOICE);
    int[] groups = {0, 0, 0, 1, 1, 3 * stride, 0, 1, stride};
    long terms = o + 2L * m; // and choices of three groups behind them: all, every third, none
    calls.put(
        "addRows",
        (k, a, b, c, d) -> {
          for (int i = 0; i < 2 * m; i++) { // rows of c backwards, in no order that helps
            Floats.writeInt(d, o + i, (n - 1 - i / 2) * stride);
          }
          for (int i = 0; i < groups.length; i++) {
            Floats.writeInt(d, terms + i, groups[i]);
          }
          long all = m == 0 ? 0 : -1L >>> (64 - m);
          ScalarImages.writeBits(all, d, terms + 9, 3);
          ScalarImages.writeBits(all & 0x9249_2492_4924_9249L, d, terms + 10, 3);
          ScalarImages.writeBits(0, d, terms + 11, 3);
          for (int rows = 1; rows <= 4; rows += 3) {
            k.addRows(
                3, rows, columns, d, terms, d, terms + 9, b, o, d, o, 2, c, o, 2, a, o, stride);
          }
        });
    calls.put(
        "chooseNonZero",
        (k, a, b, c, d) -> {
          for (int i = 0; i < m * stride; i += 3) {
            Floats.write(b, o + i, i % 2 == 0 ? 0f : -0f);
          }
          k.chooseNonZero(m, n, b, o, stride, a, o);
        });
    long[] apart = {3, 0}; // whole blocks: what a kernel may write behind shorter ones differs
    calls.put("copyWindows", (k, a, b, c, d) -> k.copyWindows(n / 8, 16, apart, b, o, 5, a, o, 35));
    int[] marks = {0, 5, 9};
    calls.put(
        "chooseWinners",
        (k, a, b, c, d) -> {
          for (int i = 0; i < n; i++) {
            Floats.writeInt(c, o + i, 4 + marks[i * 7 % 3]);
            Floats.write(b, o + i, i % 5 == 0 ? 0 : Floats.read(b, o + i));
          }
          k.chooseWinners(n, b, o, c, o, 4, marks, a, o, 8);
        });
    long[] places = {0, 7, 3};
    calls.put(
        "maxOfRows",
        (k, a, b, c, d) ->
            k.maxOfRows(3, n, places, b, o, 2, c, o, false, a, o, n, 7, 2, marks, d, o, n + 1));
    calls.put(
        "maxOfRows rectified",
        (k, a, b, c, d) ->
            k.maxOfRows(3, n, places, b, o, 2, c, o, true, a, o, n, 7, 2, marks, d, o, n + 1));
    calls.put("addBias", (k, a, b, c, d) -> k.addBias(n, b, o, c, o, false, a, o));
    calls.put("addBias rectified", (k, a, b, c, d) -> k.addBias(n, b, o, c, o, true, a, o));
    for (int tile : new int[] {2, 4}) {
      int some = n / (16 * tile) * 16; // elements of a tile fit into the operands
      long step = some + 1L;
      int side = tile + 2;
      calls.put(
          "winogradFilter of " + tile,
          (k, a, b, c, d) -> k.winogradFilter(tile, some, b, o, 3 * step, step, a, o, step));
      calls.put(
          "winogradInput of " + tile,
          (k, a, b, c, d) -> k.winogradInput(tile, some, b, o, side * step, step, a, o, step));
      calls.put(
          "winogradOutput of " + tile,
          (k, a, b, c, d) -> k.winogradOutput(tile, some, d, o, step, a, o, tile * step, step));
    }
    int some = n / 32 * 16;
    long step = some + 1L;
    for (TileTransform transform : TileTransform.values()) {
      long row = transform.inputs() * step;
      long outRow = transform.outputs() * step;
      calls.put(
          "transformTile " + transform,
          (k, a, b, c, d) -> k.transformTile(transform, some, d, o, row, step, a, o, outRow, step));
    }
    return calls;
  }

  private static Map<String, Call> norms(int n) {
    int o = MARGIN;
    int stride = Kernels.padded(n) + 3;
    var calls = new LinkedHashMap<String, Call>();
    calls.put("deviationSums", (k, a, b, c, d) -> k.deviationSums(n, n, b, o, stride, c, o, a));
    calls.put(
        "normalise", (k, a, b, c, d) -> k.normalise(n, n, 0.1f, d, b, o, stride, a, o, stride));
    calls.put(
        "normaliseGradientSums",
        (k, a, b, c, d) -> k.normaliseGradientSums(n, n, 0, d, b, o, stride, c, o, stride, a));
    calls.put(
        "normaliseGradient",
        (k, a, b, c, d) ->
            k.normaliseGradient(n, n, 0, d, b, o, stride, c, o, stride, a, o, stride));
    calls.put(
        "dropout", (k, a, b, c, d) -> k.dropout(n, 7, 0x1234567890ABCDEFL, 5 << 20, 2, b, o, a, o));
    calls.put(
        "standardiseRows",
        (k, a, b, c, d) -> k.standardiseRows(n, n, 0.1f, c, b, o, stride, a, o, stride, d, o));
    calls.put(
        "standardiseRowsGradient",
        (k, a, b, c, d) ->
            k.standardiseRowsGradient(n, n, c, b, o, stride, d, o, c, o, stride, a, o, stride));
    calls.put(
        "standardiseRowsSums",
        (k, a, b, c, d) -> k.standardiseRowsSums(n, n, b, o, stride, d, o, c, o, stride, a));
    return calls;
  }
}
