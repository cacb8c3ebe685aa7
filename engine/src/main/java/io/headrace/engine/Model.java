package io.headrace.engine;

import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.layer.DenseValue;
import io.headrace.engine.layer.LayerChain;
import io.headrace.engine.layer.LayerScope;
import io.headrace.engine.layer.LayerState;
import io.headrace.engine.layer.Parameters;
import io.headrace.engine.layer.Pass;
import io.headrace.engine.layer.SingleRow;
import io.headrace.engine.layer.Tape;
import io.headrace.engine.layer.Value;
import io.headrace.engine.loss.Loss;
import io.headrace.engine.loss.Losses;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.optimizer.GradientClipping;
import io.headrace.engine.optimizer.Optimizer;
import io.headrace.engine.optimizer.Optimizers;
import io.headrace.engine.optimizer.Schedule;
import io.headrace.engine.optimizer.Schedules;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A {@link ModelSpec} compiled: every layer's work on one tape, its parameters in one vector, its
 * buffers allocated. Used by one trainer.
 */
final class Model {
  private final ModelSpec spec;
  private final Loss loss;
  private final Tape tape = new Tape();
  private final Parameters parameters = new Parameters();
  private final OptimizerUpdates updates;
  private final Schedule schedule;
  private final Map<String, LayerState> states = new LinkedHashMap<>();
  private final List<FeatureCounts> counts = new ArrayList<>();
  private final SampleBlock frequent;
  private final Loss.Scores scores;
  private final List<Runnable> derivations;

  /**
   * @throws InvalidSettingException if layers, loss, label and inputs do not fit together
   */
  Model(ModelSpec spec, Kernels kernels) {
    this(spec, kernels, true);
  }

  /**
   * @param learns whether it will; without, there is no memory for the optimizer's slots
   */
  private Model(ModelSpec spec, Kernels kernels, boolean learns) {
    this.spec = spec;
    this.loss = Losses.variants().create(spec.loss());
    countFeatures();
    this.frequent = new SampleBlock(spec.schema(), counts.isEmpty() ? 0 : spec.batchSize());
    Optimizer optimizer = Optimizers.variants().create(spec.optimizer());
    this.updates =
        new OptimizerUpdates(
            kernels, optimizer, spec.clipping(), spec.privacy(), singleRows(spec), learns);
    this.schedule = schedule(spec, optimizer);
    int units = loss.units(spec.schema().label());
    DenseValue last = attachLayers(kernels, units);
    if (!optimizer.takesBatches() && tape.single().isEmpty()) {
      throw new InvalidSettingException(
          "optimizer",
          spec.optimizer().name()
              + " sees the values of features only with engine.update: sample, without"
              + " gradient-clipping, and with one layer, linear, over a sparse input. Set that, or"
              + " use adagrad.");
    }
    if (spec.privacy().isPresent()) {
      checkPrivacy();
    }
    this.scores =
        new Loss.Scores(
            units,
            last.stride(),
            last.values(new Pass()),
            last.gradients(),
            Floats.allocate((long) spec.batchSize() * units),
            Floats.allocate(spec.batchSize()));
    this.derivations = tape.derivations();
    parameters.allocate();
    if (tape.single().isPresent()) {
      updates.useSlotsWithin(parameters, units);
    } else if (learns) {
      updates.allocate(parameters, spec.batchSize());
    }
    derive();
  }

  private void countFeatures() {
    List<SampleSchema.Input> inputs = spec.schema().inputs();
    for (int i = 0; i < inputs.size(); i++) {
      if (inputs.get(i).spec() instanceof InputSpec.Sparse sparse && sparse.minCount() > 1) {
        var own = new FeatureCounts(i, sparse);
        counts.add(own);
        states.put("inputs." + inputs.get(i).name(), own);
      }
    }
    if (!counts.isEmpty() && spec.privacy().isPresent()) {
      throw new InvalidSettingException(
          "privacy",
          "bounds what a sample adds to the parameters, but min-count of a sparse input keeps exact"
              + " counts of its features in every checkpoint. Remove min-count.");
    }
  }

  /**
   * Counts the features of rows that are about to be learned from, where an input asks for that,
   * and takes those away from them that are too rare still.
   */
  void meet(SampleBlock rows) {
    for (int i = 0; i < counts.size(); i++) {
      counts.get(i).learn(rows);
    }
  }

  /** Turns {@code pass} to rows that are only scored, without the features that are too rare. */
  void startScoring(Pass pass, SampleBlock rows, int from, int count) {
    if (counts.isEmpty()) {
      pass.start(rows, from, count, 0);
      return;
    }
    frequent.start(rows.partition(), 0);
    frequent.appendRows(rows, from, from + count);
    counts.forEach(own -> own.apply(frequent));
    pass.start(frequent, 0, count, 0);
  }

  /** A model that only predicts, by numbers that another one learned. */
  static Model thatPredicts(ModelSpec spec, Kernels kernels) {
    return new Model(spec, kernels, false);
  }

  /** Whether one linear layer is all there is between a row and its loss. */
  private static boolean singleRows(ModelSpec spec) {
    return spec.update() == UpdateMode.SAMPLE
        && spec.layers().size() == 1
        && spec.layers().getFirst().name().equals("linear")
        && spec.clipping().equals(GradientClipping.NONE);
  }

  private void checkPrivacy() {
    if (spec.update() == UpdateMode.SAMPLE) {
      throw new InvalidSettingException(
          "privacy",
          "adds noise once a batch, and engine.update is sample. Set engine.update: batch.");
    }
    if (updates.catchUp().isPresent()) {
      throw new InvalidSettingException(
          "privacy",
          "moves every weight in every step, by noise if by nothing else, so that optimizer.lazy has"
              + " nothing to make up for. Remove lazy.");
    }
    if (!spec.clipping().equals(GradientClipping.NONE)) {
      throw new InvalidSettingException(
          "privacy",
          "cuts the gradient of each sample by itself, to privacy.clip. Remove gradient-clipping.");
    }
    if (!states.isEmpty()) {
      List<String> layers =
          states.keySet().stream().map(name -> name.substring(0, name.lastIndexOf('.'))).toList();
      throw new InvalidSettingException(
          "privacy",
          "bounds what one sample adds to the gradient, but "
              + String.join(", ", layers)
              + " would tell of samples past that bound, by statistics over rows that are part of"
              + " the model. Use layer-norm in place of batch-norm, and fixed numbers (the transform"
              + " normalize) in place of standardize.");
    }
  }

  private static Schedule schedule(ModelSpec spec, Optimizer optimizer) {
    Schedule schedule = Schedules.variants().create(spec.schedule());
    if (!optimizer.takesRateFactor() && !schedule.equals(Schedule.CONSTANT)) {
      throw new InvalidSettingException(
          "schedule",
          spec.schedule().name()
              + " cannot change the rate of "
              + spec.optimizer().name()
              + ", whose weights follow from their sums and its one learning-rate. Remove the"
              + " schedule: its rates fall by themselves; or use adagrad.");
    }
    return schedule;
  }

  private DenseValue attachLayers(Kernels kernels, int units) {
    List<ComponentSpec> specs = spec.layers();
    if (specs.isEmpty()) {
      throw new InvalidSettingException("model", "has no layers. Name at least one, e.g. linear.");
    }
    var chain = new LayerChain(specs);
    var scope =
        new LayerScope(
            "",
            0,
            "",
            spec.batchSize(),
            units,
            spec.shards(),
            spec.seed(),
            kernels,
            parameters,
            tape,
            updates,
            states);
    return checkedOutput(
        chain.attachToInputs(scope, Value.inputs(spec.schema()), Optional.empty()), units);
  }

  private DenseValue checkedOutput(Value value, int units) {
    String last = spec.layers().getLast().name();
    if (value instanceof DenseValue dense
        && dense.wantsGradients()
        && dense.shape().equals(List.of(units))) {
      return dense;
    }
    throw new InvalidSettingException(
        "model[" + (spec.layers().size() - 1) + "]",
        "the loss "
            + spec.loss().name()
            + " needs outputs of the shape ["
            + units
            + "], but the last layer, "
            + last
            + ", gives "
            + value.describe()
            + ". End the model with a linear or dense layer without units.");
  }

  /** The phases of this model on {@code team}. */
  Plan plan(WorkerTeam team, Pass pass) {
    return new Plan(
        team,
        pass,
        tape,
        spec.batchSize(),
        spec.shards(),
        spec.update() == UpdateMode.BATCH,
        this::scoreRows,
        this::predictRows);
  }

  /**
   * Whether parameters and slots are all zeros at first: tables that have both are, unless rows
   * that are late have a step beside them.
   */
  boolean isMadeOfZeros() {
    return tape.single().isPresent() && updates.catchUp().isEmpty();
  }

  /** The model's work on one row without a plan, where it has such a way. */
  Optional<RowLane> singleRow() {
    return tape.single().map(row -> new RowLane(row, loss, scores, updates.norm()));
  }

  /**
   * The same, once for each of several threads that learn at once.
   *
   * @throws InvalidSettingException if threads cannot share this model's parameters
   */
  List<RowLane> lanes(int count) {
    return Stream.generate(() -> tape.single().flatMap(SingleRow::lane).map(this::lane))
        .limit(count)
        .map(lane -> lane.orElseThrow(this::notForHogwild))
        .toList();
  }

  private RowLane lane(SingleRow.Lane lane) {
    DenseValue last = lane.scores();
    int units = scores.width();
    return new RowLane(
        lane.work(),
        loss,
        new Loss.Scores(
            units,
            last.stride(),
            last.values(new Pass()),
            last.gradients(),
            Floats.allocate(units),
            Floats.allocate(1)),
        updates.norm());
  }

  private InvalidSettingException notForHogwild() {
    return new InvalidSettingException(
        "engine.mode",
        "hogwild is for a model of one layer, linear, over a sparse input, with engine.update: sample,"
            + " without gradient-clipping, and with an optimizer that moves each weight by its own slope:"
            + " sgd, adagrad, ftrl, adam (without l1 or a decay apart from the slope, and without lazy:"
            + " exact, for rows catch up in an order) or coin. Here are %d layers, the first %s, with update: %s and %s. Change that, or set mode: synchronous."
                .formatted(
                    spec.layers().size(),
                    spec.layers().getFirst().name(),
                    spec.update().name().toLowerCase(Locale.ROOT),
                    spec.optimizer().name()));
  }

  /**
   * Predicts for rows, however many.
   *
   * @param plan this model's, on {@code pass}
   * @param outputs rows x {@link #outputWidth} floats
   */
  void predict(Plan plan, Pass pass, SampleBlock rows, MemorySegment outputs) {
    int width = outputWidth();
    for (int from = 0; from < rows.size(); from += spec.batchSize()) {
      int count = Math.min(spec.batchSize(), rows.size() - from);
      startScoring(pass, rows, from, count);
      plan.predict();
      Floats.copy(scores.outputs(), 0, outputs, (long) from * width, (long) count * width);
    }
  }

  private void scoreRows(Pass pass, int from, int to) {
    float scale = 1f / pass.rows();
    float[] labels = pass.block().labels();
    float[] weights = pass.block().weights();
    loss.score(scores, labels, weights, pass.base(), from, to, scale);
  }

  private void predictRows(Pass pass, int from, int to) {
    loss.predict(scores, from, to);
  }

  /** The learning rate's factor at step {@code number}, counted from 1. */
  double rateFactor(long number) {
    return schedule.factor(number);
  }

  /** Ends a step whose updates waited for the gradient's norm. */
  void finishStep(WorkerTeam team) {
    if (updates.collects()) {
      updates.applyCollected(team);
      derive();
    }
  }

  /** Recomputes what layers keep beside the parameters, after those were set as a whole. */
  void derive() {
    for (int i = 0; i < derivations.size(); i++) {
      derivations.get(i).run();
    }
  }

  /** Floats of memory that a shard or a tile of any layer needs. */
  long scratch() {
    return tape.scratch();
  }

  /** What layers keep in checkpoints besides parameters, by name. */
  Map<String, LayerState> states() {
    return states;
  }

  Parameters parameters() {
    return parameters;
  }

  /** The optimizer as the job file has it. */
  ComponentSpec optimizer() {
    return spec.optimizer();
  }

  OptimizerUpdates updates() {
    return updates;
  }

  /** Outputs of a row. */
  int outputWidth() {
    return scores.width();
  }

  /** Outputs of the rows of the last pass. */
  MemorySegment outputs() {
    return scores.outputs();
  }

  /** Losses of the rows of the last pass that was scored, before weighting. */
  MemorySegment losses() {
    return scores.losses();
  }
}
