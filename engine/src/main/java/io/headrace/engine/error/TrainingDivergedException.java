package io.headrace.engine.error;

/**
 * A batch whose loss is not a finite number. The batch was not learned from: parameters, metrics
 * and ledger are as before it.
 */
public final class TrainingDivergedException extends HeadraceException {
  private static final long serialVersionUID = 1L;

  private final long step;
  private final double loss;

  /**
   * @param step number of the step that was not taken
   * @param loss mean loss of its batch
   */
  public TrainingDivergedException(long step, double loss) {
    super(
        "Training diverged: the mean loss of step "
            + step
            + " is "
            + loss
            + ". The step was not taken. Lower the optimizer's learning-rate, or look for extreme"
            + " values in the inputs and labels.");
    this.step = step;
    this.loss = loss;
  }

  public long step() {
    return step;
  }

  public double loss() {
    return loss;
  }
}
