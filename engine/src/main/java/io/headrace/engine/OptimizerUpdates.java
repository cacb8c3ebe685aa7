package io.headrace.engine;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.layer.LateRows;
import io.headrace.engine.layer.Parameter;
import io.headrace.engine.layer.Parameters;
import io.headrace.engine.layer.Updates;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.optimizer.GradientClipping;
import io.headrace.engine.optimizer.Optimizer;
import io.headrace.engine.optimizer.ParameterBlock;
import io.headrace.engine.optimizer.PastSteps;
import io.headrace.engine.privacy.PrivacySpec;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The optimizer at work on a model's parameters, with its slots beside them. A gradient is used at
 * once, while it is in the cache; only where its norm has a bound, it is collected first.
 */
final class OptimizerUpdates implements Updates {
  private final Kernels kernels;
  private final Optimizer optimizer;
  private final GradientClipping clipping;
  private final Optional<PrivacySpec> privacy;
  private final boolean singleRows;
  private final GradientNorm norm = new GradientNorm();
  private final List<CompactRows> tables = new ArrayList<>();
  private @Nullable ParameterBlock block;
  private @Nullable CollectedGradients collected;
  private @Nullable PrivateSum privateSum;
  private long step;
  private double rateFactor;
  private GradualCopy[] copies = {};
  private final @Nullable CatchUp catchUp;
  private final SortedMap<String, LateTable> late = new TreeMap<>();

  /**
   * @param singleRows whether the model learns row by row and a layer may do so without passes
   * @param learns whether the model does; otherwise no row of it is ever late
   */
  OptimizerUpdates(
      Kernels kernels,
      Optimizer optimizer,
      GradientClipping clipping,
      Optional<PrivacySpec> privacy,
      boolean singleRows,
      boolean learns) {
    this.kernels = kernels;
    this.optimizer = optimizer;
    this.clipping = clipping;
    this.privacy = privacy;
    this.singleRows = singleRows && optimizer.rowUpdate().isPresent();
    this.catchUp = learns && optimizer.idling().isPresent() ? new CatchUp(optimizer) : null;
  }

  @Override
  public Optional<Optimizer> rowByRow() {
    return singleRows ? Optional.of(optimizer) : Optional.empty();
  }

  /**
   * Takes the slots to lie behind rows of {@code width} parameters that all begin at 0; instead of
   * {@link #allocate}.
   */
  void useSlotsWithin(Parameters parameters, int width) {
    block = ParameterBlock.within(parameters.values(), width, optimizer.slots().size());
  }

  /**
   * Allocates the slots; called once, after the parameters have their first values.
   *
   * @param batchSize rows of a full batch
   */
  void allocate(Parameters parameters, int batchSize) {
    var beside = ParameterBlock.beside(parameters.values(), optimizer.slots().size());
    optimizer.start(beside, parameters.size());
    block = beside;
    if (clipping.byNorm() || privacy.isPresent()) {
      List<Parameter> dense =
          parameters.all().stream()
              .filter(parameter -> tables.stream().noneMatch(rows -> rows.isOf(parameter)))
              .toList();
      var gradient = new CollectedGradients(this, parameters.size(), dense, tables);
      collected = gradient;
      privateSum =
          privacy
              .map(
                  spec ->
                      new PrivateSum(
                          this, gradient, parameters.all(), parameters.size(), spec, batchSize))
              .orElse(null);
    }
  }

  /** What private learning adds gradients up in, and updates parameters by. */
  PrivateSum privateSum() {
    return Objects.requireNonNull(privateSum);
  }

  ParameterBlock block() {
    return Objects.requireNonNull(block);
  }

  Optimizer optimizer() {
    return optimizer;
  }

  Kernels kernels() {
    return kernels;
  }

  /**
   * Says which step the updates that follow belong to.
   *
   * @param number counted from 1
   * @param factor multiplies the learning rate
   */
  void startStep(long number, double factor) {
    step = number;
    rateFactor = factor;
    forgetCopied();
    if (catchUp != null) {
      addStep(catchUp.past());
    }
  }

  private void addStep(PastSteps past) {
    if (past.isFull()) {
      finishCopies();
      late.values().forEach(LateTable::settle);
      past.clear();
    }
    past.add(step, rateFactor);
  }

  @Override
  public Optional<LateRows> late(Parameter table, int rowWidth) {
    return Optional.ofNullable(catchUp)
        .map(
            steps ->
                late.computeIfAbsent(
                    table.name(), name -> new LateTable(this, steps, table, rowWidth)));
  }

  /** What rows of tables catch up by, if they are ever late. */
  Optional<CatchUp> catchUp() {
    return Optional.ofNullable(catchUp);
  }

  /** The tables whose rows may be late, and floats of a row, by name. */
  SortedMap<String, Integer> lateTables() {
    var widths = new TreeMap<String, Integer>();
    late.forEach((name, table) -> widths.put(name, table.width()));
    return widths;
  }

  /** Says that the first {@code count} rows of a copy of some of a table are in this step. */
  void markJoined(ParameterBlock rows, int count, int width) {
    if (catchUp != null) {
      for (int i = 0; i < count; i++) {
        Floats.writeInt(CatchUp.steps(rows), (long) i * width, catchUp.past().count());
      }
    }
  }

  /** Has every change from now on told to {@code copy} until it is done. Between two steps only. */
  void add(GradualCopy copy) {
    copies = Arrays.copyOf(copies, copies.length + 1);
    copies[copies.length - 1] = copy;
  }

  /** Tells {@code copy}, which nobody wants any more, nothing more. Between two steps only. */
  void forget(GradualCopy copy) {
    keepCopies(other -> other != copy);
  }

  private void forgetCopied() {
    for (GradualCopy copy : copies) {
      if (copy.isDone()) {
        keepCopies(other -> !other.isDone());
        return;
      }
    }
  }

  private void keepCopies(Predicate<GradualCopy> kept) {
    copies = Arrays.stream(copies).filter(kept).toArray(GradualCopy[]::new);
  }

  /** To be called before all parameters change at once. Between two steps only. */
  void finishCopies() {
    Arrays.stream(copies).forEach(GradualCopy::finish);
    copies = new GradualCopy[0];
  }

  @Override
  public boolean isCopied() {
    return copies.length > 0;
  }

  @Override
  public void beforeChange(long offset, long count) {
    for (GradualCopy copy : copies) {
      copy.before(offset, count);
    }
  }

  @Override
  public void apply(MemorySegment gradients, long gradientOffset, long offset, int count) {
    cut(gradients, gradientOffset, count);
    if (collected != null) {
      collected.keep(gradients, gradientOffset, offset, count);
    } else {
      update(offset, gradients, gradientOffset, count);
    }
  }

  @Override
  public RowUpdates rows(Parameter parameter, int rowWidth) {
    var rows = new CompactRows(this, parameter, rowWidth);
    tables.add(rows);
    return rows;
  }

  /** Whether gradients are kept until {@link #applyCollected}. */
  boolean collects() {
    return collected != null;
  }

  /** Updates all parameters with what was collected in this step. */
  void applyCollected(WorkerTeam team) {
    double whole = Objects.requireNonNull(collected).apply(team, clipping.norm());
    norm.add(whole * whole);
  }

  /** What the norms of gradients are taken with, as they are before they are scaled. */
  GradientNorm norm() {
    return norm;
  }

  /** Keeps every element within the bound, if it has one. */
  void cut(MemorySegment gradients, long offset, int count) {
    if (clipping.byValue()) {
      kernels.clamp(count, (float) clipping.value(), gradients, offset);
    }
  }

  /** Updates the model's own parameters. */
  void update(long offset, MemorySegment gradients, long gradientOffset, int count) {
    if (copies.length > 0) {
      beforeChange(offset, count);
    }
    update(block(), offset, gradients, gradientOffset, count);
  }

  /** Updates a copy of some of them, which {@link #beforeChange} need not know of. */
  void update(
      ParameterBlock parameters,
      long offset,
      MemorySegment gradients,
      long gradientOffset,
      int count) {
    if (norm.isTaken() && !clipping.byNorm()) {
      norm.add(kernels.squaredSum(count, gradients, gradientOffset));
    }
    optimizer.update(
        kernels, parameters, offset, gradients, gradientOffset, count, step, rateFactor);
  }
}
