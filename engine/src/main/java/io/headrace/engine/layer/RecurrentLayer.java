package io.headrace.engine.layer;

import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A recurrent layer: a cell led over sequences of [steps, n], from the first step to the last and,
 * if bidirectional, by a second cell from the last to the first. y is the final state [units], or
 * the state of every step [steps, units]; of two directions side by side, twice as wide. Padded
 * steps do not change a state. Immutable.
 *
 * @param everyStep whether y has the state of every step
 * @param scheme of first weights, each matrix by its own number of inputs
 * @param forgetBias first bias of an LSTM's forget gate; all others start at 0
 */
record RecurrentLayer(
    Optional<String> inputName,
    CellKind kind,
    int units,
    boolean everyStep,
    boolean bidirectional,
    String scheme,
    float forgetBias)
    implements Layer {
  private static final int CURVES = 60;

  @Override
  public Value attach(LayerScope scope, Value input) {
    DenseValue x = scope.sequence(input);
    int steps = x.shape().getFirst();
    int width = bidirectional ? 2 * units : units;
    DenseValue y =
        everyStep
            ? scope.buffer(List.of(steps, width)).withStepsOf(x)
            : scope.buffer(List.of(width));
    List<RecurrentStage> stages = new ArrayList<>();
    stages.add(stage(scope, x, y, false));
    if (bidirectional) {
      stages.add(stage(scope, x, y, true));
    }
    long weights =
        (long) x.shape().getLast() * kind.inputGates + (long) units * kind.recurrentGates;
    long cost = (long) width * steps * (2 * weights + CURVES);
    long scratch = stages.getFirst().slopes();
    scope
        .tape()
        .steps(
            3 * cost,
            List.of(new Tape.Step.Rows((pass, from, to) -> forward(stages, pass, from, to))),
            List.of(
                new Tape.Step.Shards(
                    scratch,
                    (pass, shard, from, to, memory) ->
                        backward(x, stages, pass, shard, from, to, memory))));
    for (RecurrentStage stage : stages) {
      scope.tape().tiles(stage.tiles(), stage.scratch(), stage.updateCost(), stage::update);
      scope.tape().derivation(stage::derive);
    }
    return y;
  }

  private RecurrentStage stage(LayerScope scope, DenseValue x, DenseValue y, boolean reversed) {
    var output = new SequenceOutput(scope.kernels(), x, y, units, reversed ? units : 0);
    return new RecurrentStage(scope, this, reversed ? "reverse." : "", x, output, reversed);
  }

  private static void forward(List<RecurrentStage> stages, Pass pass, int from, int to) {
    for (int i = 0; i < stages.size(); i++) {
      stages.get(i).forward(pass, from, to);
    }
  }

  private static void backward(
      DenseValue x,
      List<RecurrentStage> stages,
      Pass pass,
      int shard,
      int from,
      int to,
      MemorySegment slopes) {
    if (x.wantsGradients()) {
      Floats.fill(x.gradients(), (long) from * x.stride(), (long) (to - from) * x.stride(), 0);
    }
    for (int i = 0; i < stages.size(); i++) {
      stages.get(i).backward(pass, shard, from, to, slopes);
    }
  }

  Initialisation initialisation(int in, long seed) {
    return Initialisation.named(scheme, in, units, seed);
  }

  Initialisation firstBias() {
    if (kind != CellKind.LSTM) {
      return Initialisation.ZEROS;
    }
    return bias -> Floats.fill(bias.values(), bias.offset() + bias.stride(), units, forgetBias);
  }
}
