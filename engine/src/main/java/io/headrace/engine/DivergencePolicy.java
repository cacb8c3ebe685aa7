package io.headrace.engine;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import java.util.List;
import java.util.Locale;

/**
 * What is done when the loss of a batch is not a number, infinite, or far above the usual.
 * Immutable. No part of a model's identity: a run that stopped may go on with another policy.
 *
 * @param lossAbove times the running loss that a batch may cost; infinite for no bound
 * @param copyEverySteps steps between two copies of the last good state, in memory
 * @param giveUpAfter divergences in turn that end the run
 * @param undoes whether there is a copy of the last good state at all; without one nothing is
 *     undone
 */
public record DivergencePolicy(
    Action action, double lossAbove, int copyEverySteps, int giveUpAfter, boolean undoes) {

  /** How to go on after the batch was left out and its cause undone. */
  public enum Action {
    /** As before. */
    SKIP,
    /** At half the learning rate, if the parameters were the cause. */
    HALVE,
    /** Not at all: the run ends. */
    STOP
  }

  /** A policy that undoes steps which made a loss diverge. */
  public DivergencePolicy(Action action, double lossAbove, int copyEverySteps, int giveUpAfter) {
    this(action, lossAbove, copyEverySteps, giveUpAfter, true);
  }

  public static final DivergencePolicy DEFAULT =
      new DivergencePolicy(Action.SKIP, Double.POSITIVE_INFINITY, 1_000, 10);

  private static final Setting<String> ACTION =
      Setting.choice(
              "action",
              List.of("skip", "halve", "stop"),
              "How to go on after a batch whose loss is no finite number or above loss-above. Such a"
                  + " batch is not learned from. If its loss is sound under the last good state,"
                  + " the steps since then were the cause, and they are undone. skip goes on;"
                  + " halve goes on at half the learning rate if steps had to be undone; stop ends"
                  + " the run at the last good state, whose checkpoint reads the records since then"
                  + " again. With skip and halve, samples not learned count as rejected (diverged),"
                  + " and checkpoints hold the last good state too, at twice the size.")
          .orElse("skip");
  private static final Setting<Double> LOSS_ABOVE =
      Setting.number(
              "loss-above",
              1,
              1e12,
              "A batch whose mean loss is more than this times the running loss has diverged;"
                  + " without it, only one whose loss is no finite number.")
          .absentByDefault();
  private static final Setting<Integer> COPY_EVERY =
      Setting.integer(
              "copy-every-steps",
              1,
              Integer.MAX_VALUE,
              "Steps between two copies of the last good state in memory: at most this many are"
                  + " undone. With engine.update: sample and one linear layer over a sparse"
                  + " input, at least so many that a sample stands for 16 weights and slots.")
          .orElse(1_000);
  private static final Setting<Boolean> UNDO =
      Setting.flag(
              "undo",
              "Whether a copy of the last good state is kept. Without it a model takes half the memory, or"
                  + " less of the disk (see checkpoints.copies-on-disk-from-mib), and checkpoints half"
                  + " the room, which counts for tables of gigabytes; a batch that diverges is then left"
                  + " out, and steps that made it diverge stay.")
          .orElse(true);
  private static final Setting<Integer> GIVE_UP =
      Setting.integer(
              "give-up-after",
              1,
              Integer.MAX_VALUE,
              "Batches in turn, or undone states in turn, after which the run ends all the same.")
          .orElse(10);

  /** The settings of {@code on-divergence} in a job file. */
  public static List<Setting<?>> settings() {
    return List.of(ACTION, LOSS_ABOVE, COPY_EVERY, UNDO, GIVE_UP);
  }

  /** Reads settings declared by {@link #settings}. */
  public static DivergencePolicy from(Settings settings) {
    return new DivergencePolicy(
        Action.valueOf(settings.value(ACTION).toUpperCase(Locale.ROOT)),
        settings.optional(LOSS_ABOVE).orElse(Double.POSITIVE_INFINITY),
        settings.value(COPY_EVERY),
        settings.value(GIVE_UP),
        settings.value(UNDO));
  }
}
