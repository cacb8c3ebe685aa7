package io.headrace.engine.layer;

import io.headrace.engine.kernel.KernelProvider;
import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/**
 * A layer in a model of its own, under a loss that is a random linear form of its outputs. Updates
 * are recorded, not made.
 */
final class AttachedLayer {
  static final int LOSS_UNITS = 3;
  private static final int SHARDS = 4;

  final Value input;
  final DenseValue y;
  final Tape tape = new Tape();
  final Parameters parameters = new Parameters();
  final Map<String, LayerState> states = new LinkedHashMap<>();
  private final Recorder recorder = new Recorder();
  private final Pass pass = new Pass();
  private final int rows;
  private final double[] factors;

  /** Behind a layer that wants gradients. */
  static AttachedLayer behindLayer(Layer layer, List<Integer> shape, int rows, long seed) {
    var schema = new SampleSchema(List.of(), new io.headrace.engine.sample.LabelSpec.Numeric());
    DenseValue x = noise(shape, rows, seed);
    return new AttachedLayer(layer, x, new SampleBlock(schema, 1), 0, rows, seed);
  }

  /** Behind several inputs that want gradients, by name. */
  static AttachedLayer behindInputs(
      Layer layer, Map<String, List<Integer>> shapes, int rows, long seed) {
    var schema = new SampleSchema(List.of(), new io.headrace.engine.sample.LabelSpec.Numeric());
    List<String> names = shapes.keySet().stream().sorted().toList();
    List<Value> values = new ArrayList<>();
    for (String name : names) {
      values.add(noise(Objects.requireNonNull(shapes.get(name)), rows, seed + values.size()));
    }
    var inputs = new Value.Inputs(names, values);
    return new AttachedLayer(layer, inputs, new SampleBlock(schema, 1), 0, rows, seed);
  }

  /** What it stands behind, where that wants gradients. */
  List<DenseValue> sources() {
    return input instanceof Value.Inputs inputs
        ? inputs.values().stream().map(DenseValue.class::cast).toList()
        : List.of((DenseValue) input);
  }

  /** Behind sequences that want gradients; row r has (r + 1) modulo (steps + 1) steps. */
  static AttachedLayer behindPaddedSteps(Layer layer, List<Integer> shape, int rows, long seed) {
    int steps = shape.getFirst();
    var spec = new InputSpec.Tokens(steps, 2);
    var schema =
        new SampleSchema(
            List.of(new SampleSchema.Input("tokens", spec)),
            new io.headrace.engine.sample.LabelSpec.Numeric());
    int base = 2;
    var block = new SampleBlock(schema, base + rows);
    for (int row = 0; row < base + rows; row++) {
      for (int step = 0; step < Math.floorMod(row - base + 1, steps + 1); step++) {
        block.tokens(0).add(row, 1);
      }
      block.commitRow(0, 1, 0, row);
    }
    DenseValue x = noise(shape, rows, seed).withStepsOf(new Value.TokenInput(0, spec));
    return new AttachedLayer(layer, x, block, base, rows, seed);
  }

  private static DenseValue noise(List<Integer> shape, int rows, long seed) {
    DenseValue x = DenseValue.buffer(shape, rows);
    var random = new Random(seed);
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < x.width(); i++) {
        Floats.write(x.buffer(), (long) row * x.stride() + i, (float) random.nextGaussian());
      }
    }
    return x;
  }

  /** Behind the only input of a job, from row {@code base} of a block on. */
  static AttachedLayer behindInput(
      Layer layer, InputSpec spec, SampleBlock block, int base, int rows, long seed) {
    return new AttachedLayer(layer, Value.input(0, spec), block, base, rows, seed);
  }

  /** Behind all inputs of a job. */
  static AttachedLayer behindInputs(Layer layer, Value.Inputs inputs, SampleBlock block, int rows) {
    return new AttachedLayer(layer, inputs, block, 0, rows, 1);
  }

  private AttachedLayer(
      Layer layer, Value input, SampleBlock block, int base, int rows, long seed) {
    Kernels kernels = KernelProvider.kernels();
    this.input = input;
    this.rows = rows;
    var scope =
        new LayerScope(
            "",
            0,
            "tested",
            rows,
            LOSS_UNITS,
            SHARDS,
            seed,
            kernels,
            parameters,
            tape,
            recorder,
            states);
    this.y = (DenseValue) layer.attach(scope, input);
    parameters.allocate();
    tape.derivations().forEach(Runnable::run);
    recorder.gradients = Floats.allocate(parameters.size());
    pass.start(block, base, rows, 1);
    var random = new Random(seed + 1);
    this.factors = random.doubles((long) rows * y.width(), -1, 1).toArray();
  }

  /** Gives every parameter a value that hides nothing, as zeros would. */
  void randomiseParameters(long seed) {
    var random = new Random(seed);
    for (Parameter parameter : parameters.all()) {
      for (long row = 0; row < parameter.rows(); row++) {
        for (long column = 0; column < parameter.columns(); column++) {
          long at = parameter.offset() + row * parameter.stride() + column;
          Floats.write(parameters.values(), at, (float) random.nextGaussian() / 2);
        }
      }
    }
    tape.derivations().forEach(Runnable::run);
  }

  double loss() {
    forward(rows);
    double sum = 0;
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < y.width(); i++) {
        double factor = factors[row * y.width() + i];
        sum += factor * Floats.read(y.buffer(), (long) row * y.stride() + i);
      }
    }
    return sum;
  }

  /** Runs the layer forward, {@code cut} rows at a time. */
  void forward(int cut) {
    run(tape.forward(), cut);
  }

  /** Runs the layer forward on rows that are not learned from, {@code cut} at a time. */
  void predict(int cut) {
    startStep(0);
    forward(cut);
    startStep(1);
  }

  Pass pass() {
    return pass;
  }

  /** Says which step the passes that follow belong to. */
  void startStep(long step) {
    pass.start(pass.block(), pass.base(), rows, step);
  }

  private void run(List<Tape.Step> steps, int cut) {
    MemorySegment scratch = Floats.allocate(tape.scratch());
    Floats.fill(scratch, 0, tape.scratch(), 1e9f);
    for (Tape.Step step : steps) {
      switch (step) {
        case Tape.Step.Rows(RowWork work) -> {
          for (int from = 0; from < rows; from += cut) {
            work.run(pass, from, Math.min(rows, from + cut));
          }
        }
        case Tape.Step.Shards(long size, ShardWork work) -> {
          int height = Math.ceilDiv(rows, SHARDS);
          for (int from = 0; from < rows; from += height) {
            work.run(pass, from / height, from, Math.min(rows, from + height), scratch);
          }
        }
        case Tape.Step.Join(JoinWork work) -> work.run(pass);
      }
    }
  }

  /** Runs the layer backward, {@code cut} rows at a time, and records parameter gradients. */
  void backward(int cut) {
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < y.width(); i++) {
        float factor = (float) factors[row * y.width() + i];
        Floats.write(y.gradients(), (long) row * y.stride() + i, factor);
      }
    }
    run(tape.backward(), cut);
    for (Tape.Tiles tiles : tape.tiles()) {
      MemorySegment scratch = Floats.allocate(tiles.scratch());
      Floats.fill(scratch, 0, tiles.scratch(), 1e9f);
      for (int tile = 0; tile < tiles.count(); tile++) {
        tiles.work().run(pass, tile, scratch);
      }
    }
  }

  /** The recorded slope of the loss by each parameter, padding included. */
  MemorySegment parameterGradients() {
    return recorder.gradients;
  }

  private static final class Recorder implements Updates {
    private MemorySegment gradients = Floats.allocate(0);

    @Override
    public void apply(MemorySegment from, long gradientOffset, long offset, int count) {
      Floats.copy(from, gradientOffset, gradients, offset, count);
    }

    @Override
    public RowUpdates rows(Parameter parameter, int rowWidth) {
      return (ids, count, from) -> {
        for (int i = 0; i < count; i++) {
          long to = parameter.offset() + (long) ids[i] * rowWidth;
          Floats.copy(from, (long) i * rowWidth, gradients, to, rowWidth);
        }
      };
    }
  }
}
