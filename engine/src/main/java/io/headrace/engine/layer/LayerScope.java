package io.headrace.engine.layer;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.kernel.Kernels;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * The place of one layer in a model being built: its name, its buffers, its parameters. Belongs to
 * the layer during {@link Layer#attach}.
 *
 * @param within names of the layers around this one; empty, or ending with a dot
 * @param index position in its list of layers
 * @param layer name of the layer
 * @param batchSize most rows of a pass
 * @param lossUnits outputs that the loss needs of the last layer
 * @param shards parts of a batch that a layer may sum over, see {@link ShardWork}
 * @param seed of the model
 * @param states what layers keep in checkpoints besides parameters, by name
 */
public record LayerScope(
    String within,
    int index,
    String layer,
    int batchSize,
    int lossUnits,
    int shards,
    long seed,
    Kernels kernels,
    Parameters parameters,
    Tape tape,
    Updates updates,
    Map<String, LayerState> states) {
  private static final long MOST_SPREAD_FLOATS = 1L << 24; // 64 MiB

  /** The scope of layer number {@code other} in the same list. */
  LayerScope at(int other, String name) {
    return with(within, other, name, seed);
  }

  /** The scope of the list of layers called {@code list} inside this layer. */
  LayerScope inside(String list) {
    long seeds = RandomStream.seed(streamSeed(0), list.hashCode());
    return with(fullName(list) + ".", 0, "", seeds);
  }

  private LayerScope with(String around, int other, String name, long seeds) {
    return new LayerScope(
        around,
        other,
        name,
        batchSize,
        lossUnits,
        shards,
        seeds,
        kernels,
        parameters,
        tape,
        updates,
        states);
  }

  /** A buffer of {@code shape} a row, with its gradients. */
  DenseValue buffer(List<Integer> shape) {
    return DenseValue.buffer(shape, batchSize);
  }

  /** A buffer of x's shape whose gradients take the place of those by x. */
  DenseValue bufferOver(DenseValue x) {
    return DenseValue.bufferOver(x, batchSize);
  }

  /** A buffer of {@code shape} a row behind which no layer asks for gradients. */
  DenseValue input(List<Integer> shape) {
    return DenseValue.withoutGradients(shape, batchSize);
  }

  /** Claims {@code count} floats without padding under {@code shape}. */
  Parameter parameter(String name, List<Long> shape, Initialisation first) {
    long count = shape.stream().reduce(1L, Math::multiplyExact);
    return parameters.claim(fullName(name), shape, 1, count, count, first);
  }

  /**
   * Claims rows x columns floats under {@code shape}, first 0, with {@code slots} times as many for
   * an optimizer's slots behind each row.
   */
  Parameter table(String name, List<Long> shape, long rows, int columns, int slots) {
    long stride = slots == 0 ? columns : tableStride(rows, (1L + slots) * columns);
    return parameters.claim(
        fullName(name), shape, rows, columns, stride, true, Initialisation.ZEROS);
  }

  /**
   * Short rows begin at multiples of a power of two, so that none lies in two lines of the cache;
   * in a table so large that they are many, they are close to each other instead.
   */
  static long tableStride(long rows, long floats) {
    long stride = Long.highestOneBit(2 * floats - 1);
    return stride <= Kernels.BLOCK && rows <= MOST_SPREAD_FLOATS / stride ? stride : floats;
  }

  /** Claims rows x columns floats under {@code shape}, rows at multiples of a block. */
  Parameter matrix(String name, List<Long> shape, int rows, int columns, Initialisation first) {
    int stride = Kernels.padded(columns);
    return parameters.claim(fullName(name), shape, rows, columns, stride, first);
  }

  /** Claims a matrix whose rows begin at multiples of {@link Kernels#BLOCK}. */
  Parameter matrix(String name, int rows, int columns, Initialisation first) {
    return matrix(name, List.of((long) rows, (long) columns), rows, columns, first);
  }

  /**
   * Adds a pass over rows of samples that reads rows of a table, which catch up first where they
   * are late.
   *
   * @param cost floating-point operations a row, forward and backward together
   */
  void lookUp(long cost, Parameter table, int rowWidth, RowIds ids, RowWork forward) {
    LateRows late = updates.late(table, rowWidth).orElse(null);
    if (late == null) {
      tape.rows(cost, forward, (pass, from, to) -> {});
      return;
    }
    IntConsumer catchUp = late::catchUp;
    IntConsumer lend = late::lend;
    Tape.Step before =
        new Tape.Step.Join(pass -> ids.forEach(pass, pass.learns() ? catchUp : lend));
    Tape.Step after = new Tape.Step.Join(pass -> late.putBack());
    tape.steps(cost, List.of(before, new Tape.Step.Rows(forward), after), List.of());
  }

  /** Makes {@code state} part of the model's checkpoints. */
  void keep(String name, LayerState state) {
    states.put(fullName(name), state);
  }

  /** The seed of this layer's random stream number {@code stream}. */
  long streamSeed(int stream) {
    return RandomStream.seed(seed, 1000L * index + stream);
  }

  /**
   * The job's input of a name, or a message that says which there are.
   *
   * @param name empty for the only one
   */
  Value jobInput(Value.Inputs inputs, Optional<String> name) {
    String key = listPlace() + ".input";
    if (name.isEmpty() && inputs.names().size() != 1) {
      throw new InvalidSettingException(
          key,
          "is missing: the job has "
              + inputs.names().size()
              + " inputs, "
              + inputs.names()
              + ". Name the one that the first layer reads, or begin with the layer towers to read"
              + " several.");
    }
    int index = name.isEmpty() ? 0 : inputs.names().indexOf(name.get());
    if (index < 0) {
      throw new InvalidSettingException(
          key, name.get() + " is not an input of the job. The inputs are " + inputs.names() + ".");
    }
    return inputs.values().get(index);
  }

  /** The input as dense rows, or a message that says what else it is. */
  DenseValue dense(Value input) {
    if (input instanceof DenseValue dense) {
      return dense;
    }
    throw misfit("a dense input", input);
  }

  /** The input as dense rows of one dimension. */
  DenseValue vector(Value input) {
    DenseValue dense = dense(input);
    if (dense.shape().size() == 1) {
      return dense;
    }
    throw problem(
        "needs rows of one dimension, shape [n], but its input has the shape "
            + dense.shape()
            + ". Put the layer flatten before it.");
  }

  /** The input as images, rows of the shape [height, width, channels]. */
  DenseValue image(Value input) {
    DenseValue dense = dense(input);
    if (dense.shape().size() == 3) {
      return dense;
    }
    throw problem(
        "needs images, rows of the shape [height, width, channels], but its input has the shape "
            + dense.shape()
            + ". Give the job's input that shape, e.g. shape: [32, 32, 3].");
  }

  /** The input as sequences, rows of the shape [steps, channels]. */
  DenseValue sequence(Value input) {
    if (input instanceof Value.TokenInput) {
      throw problem(
          "needs sequences of vectors, but its input is tokens. Put embedding before it.");
    }
    DenseValue dense = dense(input);
    if (dense.shape().size() == 2) {
      return dense;
    }
    throw problem(
        "needs sequences, rows of the shape [steps, channels], but its input has the shape "
            + dense.shape()
            + ".");
  }

  /** The sparse input whose pairs have fields, or a message that says what else it is. */
  Value.SparseInput byField(Value input) {
    if (!(input instanceof Value.SparseInput sparse)) {
      throw misfit("a sparse input", input);
    }
    if (sparse.spec().fields() == 0) {
      throw problem("needs the field of each pair, but its input has pairs without fields.");
    }
    return sparse;
  }

  InvalidSettingException misfit(String needed, Value input) {
    return problem("needs " + needed + ", but its input is " + input.describe() + ".");
  }

  /** An exception whose message begins with this layer's place and name. */
  InvalidSettingException problem(String what) {
    return new InvalidSettingException(
        listPlace() + "." + layer, layer + " (layer " + index + ") " + what);
  }

  /** This layer's place in the job file: {@code model[3].residual.layers[1]}. */
  String listPlace() {
    return ("model." + within + index).replaceAll("\\.(\\d+)", "[$1]");
  }

  private String fullName(String name) {
    return within + index + "." + layer + "." + name;
  }
}
