package io.headrace.engine.error;

/**
 * A batch whose loss is no finite number, or far above the usual, and after which training does not
 * go on. The batch was not learned from, and if the parameters were the cause, they are those of
 * the last good state.
 */
public final class TrainingDivergedException extends HeadraceException {
  private static final long serialVersionUID = 1L;

  private final long step;
  private final double loss;
  private final long undone;

  /**
   * Of a policy that stops at the first divergence.
   *
   * @param step number of the step that was not taken
   * @param loss mean loss of its batch
   * @param usual mean loss of late
   * @param undone steps that were undone, ledger included
   */
  public TrainingDivergedException(long step, double loss, double usual, long undone) {
    this(
        step,
        loss,
        undone,
        what(step, loss, usual)
            + " The step was not taken"
            + (undone == 0
                ? "."
                : ", and the "
                    + undone
                    + " steps before it are undone: the next run reads their records again.")
            + advice(undone)
            + " Or set on-divergence.action to skip or halve.");
  }

  /**
   * Of a policy that gives up.
   *
   * @param inTurn divergences in turn
   * @param undoes whether there is a last good state to go back to
   */
  public TrainingDivergedException(
      long step, double loss, double usual, long undone, long inTurn, boolean undoes) {
    this(
        step,
        loss,
        undone,
        what(step, loss, usual)
            + " This was number "
            + inTurn
            + " in turn, and on-divergence.give-up-after allows no more; the parameters are "
            + (undoes
                ? "those of the last good state."
                : "as the last step left them, since on-divergence.undo is false: they may be what"
                    + " diverged. Evaluate them, or restore an older checkpoint.")
            + advice(undone));
  }

  private TrainingDivergedException(long step, double loss, long undone, String message) {
    super(message);
    this.undone = undone;
    this.step = step;
    this.loss = loss;
  }

  private static String what(long step, double loss, double usual) {
    return "Training diverged: the mean loss of step %d is %s, where %s is usual."
        .formatted(step, loss, usual);
  }

  private static String advice(long undone) {
    return undone == 0
        ? " Look for extreme values in the inputs and labels."
        : " Lower the optimizer's learning-rate, or clip gradients.";
  }

  public long step() {
    return step;
  }

  public double loss() {
    return loss;
  }

  /** Steps before it that were undone. */
  public long undone() {
    return undone;
  }
}
