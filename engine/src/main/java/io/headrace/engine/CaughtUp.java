package io.headrace.engine;

import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.optimizer.Optimizer;
import io.headrace.engine.optimizer.Optimizers;
import io.headrace.engine.optimizer.ParameterBlock;
import io.headrace.engine.state.StateReader;
import io.headrace.engine.state.StateWriter;
import io.headrace.engine.state.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The weights of a checkpoint in which rows of tables are late, as updates of all rows would have
 * left them. The checkpoint itself stays as it is: a run that goes on from it has to find each row
 * as late as it was. Not thread-safe.
 */
public final class CaughtUp {
  private static final String STATE = "optimizer.lazy";
  private static final String TABLES = "tables";
  private static final String OPTIMIZER = "optimizer";
  private static final String WEIGHTS = "model.";
  private static final int ROWS_AT_ONCE = 1024;

  private final CheckpointReader from;
  private final CatchUp catchUp;
  private final List<String> slots;
  private final SortedMap<String, Integer> widths = new TreeMap<>();

  /** Takes rows of a table. */
  @FunctionalInterface
  interface Rows {
    /** Takes {@code count} rows, from row {@code first} on, from the start of {@code floats}. */
    void take(long first, int count, MemorySegment floats);
  }

  private CaughtUp(Optimizer optimizer, CheckpointReader from) {
    this.from = from;
    this.catchUp = new CatchUp(optimizer);
    this.slots = optimizer.slots();
    StateReader state = from.within(STATE);
    catchUp.past().restore(state);
    state
        .value(TABLES)
        .orElseThrow()
        .lines()
        .map(line -> line.split(" ", 2))
        .forEach(words -> widths.put(words[1], Integer.valueOf(words[0])));
  }

  /** Reads what an optimizer left for later; empty if that is nothing. */
  static Optional<CaughtUp> of(CheckpointReader from) {
    return from.within(STATE).value(OPTIMIZER).map(text -> new CaughtUp(optimizer(text), from));
  }

  private static Optimizer optimizer(String text) {
    List<String> lines = text.lines().toList();
    var settings = new TreeMap<String, String>();
    lines.stream()
        .skip(1)
        .map(line -> line.split("=", 2))
        .forEach(words -> settings.put(words[0], words[1]));
    return Optimizers.variants().named(lines.getFirst()).from(settings);
  }

  private static String text(ComponentSpec optimizer) {
    var text = new StringBuilder(optimizer.name());
    optimizer.settings().asMap().forEach((key, value) -> text.append('\n' + key + '=' + value));
    return text.toString();
  }

  /**
   * A checkpoint with all weights of {@code from} caught up, to be looked at: {@code from} itself
   * if none is late. Its slots are those of {@code from}, so that no run can go on from it.
   */
  public static Checkpoint of(Checkpoint from) {
    return of(new CheckpointReader(from)).map(late -> late.checkpoint(from)).orElse(from);
  }

  private Checkpoint checkpoint(Checkpoint late) {
    var tensors = new TreeMap<>(late.tensors());
    widths.forEach(
        (name, width) -> {
          Tensor weights = weights(name);
          MemorySegment values = Floats.allocate(Floats.count(weights.data()));
          forEach(
              name,
              (first, count, floats) ->
                  Floats.copy(floats, 0, values, first * width, (long) count * width));
          tensors.put(WEIGHTS + name, new Tensor(weights.type(), weights.shape(), values));
        });
    return new Checkpoint(
        late.job(),
        late.fingerprint(),
        late.step(),
        late.createdAtMillis(),
        late.ledger(),
        late.values(),
        tensors);
  }

  private Tensor weights(String name) {
    return from.tensor(WEIGHTS + name).orElseThrow();
  }

  /** Floats of a row of the named table; empty if it is not one whose rows may be late. */
  Optional<Integer> width(String name) {
    return Optional.ofNullable(widths.get(name));
  }

  /** Gives all rows of the named table, in order. */
  void forEach(String name, Rows rows) {
    int width = widths.getOrDefault(name, 0);
    MemorySegment weights = weights(name).data();
    List<MemorySegment> late =
        slots.stream()
            .map(slot -> from.tensor("optimizer." + slot + "." + name).orElseThrow().data())
            .toList();
    long count = Floats.count(weights) / width;
    var part = ParameterBlock.beside(Floats.allocate((long) ROWS_AT_ONCE * width), late.size());
    for (long first = 0; first < count; first += ROWS_AT_ONCE) {
      int rowCount = (int) Math.min(ROWS_AT_ONCE, count - first);
      long floats = (long) rowCount * width;
      Floats.copy(weights, first * width, part.values(), 0, floats);
      for (int slot = 0; slot < late.size(); slot++) {
        Floats.copy(late.get(slot), first * width, part.slots().get(slot), 0, floats);
      }
      for (int row = 0; row < rowCount; row++) {
        if (!isZero(part, (long) row * width, width)) {
          catchUp.bring(part, (long) row * width, width);
        }
      }
      rows.take(first, rowCount, part.values());
    }
  }

  /** Whether weights and slots are all 0, so that no step moves them. */
  private static boolean isZero(ParameterBlock part, long at, int width) {
    boolean zero = isZero(part.values(), at, width);
    for (int slot = 0; zero && slot < part.slots().size(); slot++) {
      zero = isZero(part.slots().get(slot), at, width);
    }
    return zero;
  }

  private static boolean isZero(MemorySegment floats, long at, int width) {
    for (int i = 0; i < width; i++) {
      if (Floats.read(floats, at + i) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Saves the steps so far, which tables may be late, and the optimizer that knows more. */
  static void save(Model model, StateWriter to) {
    OptimizerUpdates updates = model.updates();
    updates
        .catchUp()
        .ifPresent(
            catchUp -> {
              StateWriter state = to.within(STATE);
              catchUp.past().save(state);
              var tables = new StringBuilder();
              updates
                  .lateTables()
                  .forEach(
                      (name, width) -> tables.append(width).append(' ').append(name).append('\n'));
              state.value(TABLES, tables.toString());
              state.value(OPTIMIZER, text(model.optimizer()));
            });
  }

  /** Takes the steps back. */
  static void restore(OptimizerUpdates updates, StateReader from) {
    updates.catchUp().ifPresent(catchUp -> catchUp.past().restore(from.within(STATE)));
  }
}
