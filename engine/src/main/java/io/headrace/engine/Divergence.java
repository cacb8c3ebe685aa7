package io.headrace.engine;

import java.util.Locale;

/**
 * A batch, or rows of one, not learned from because of the loss, and what was undone. Immutable.
 *
 * @param step number of the step that was not taken, or not with all rows
 * @param loss mean loss of the batch, or loss of a row that was left out
 * @param runningLoss mean loss of late, 0 before the first step
 * @param undoneSteps steps whose effect on the parameters is gone; 0 if the batch was the cause
 * @param rejectedSamples samples of the batch and of the undone steps
 * @param rateFactor what the learning rate is multiplied by from now on, besides its schedule
 */
public record Divergence(
    long step,
    double loss,
    double runningLoss,
    long undoneSteps,
    long rejectedSamples,
    double rateFactor) {

  /** For a person: what happened, with the values, and what to do about it. */
  public String message() {
    String cause =
        undoneSteps == 0
            ? "They are the cause, and left nothing in the parameters: look for extreme values in"
                + " their inputs and labels."
            : "The parameters were the cause: the last "
                + undoneSteps
                + " steps are undone, learning goes on from the last good state. Lower the"
                + " optimizer's learning-rate, or clip gradients.";
    return String.format(
            Locale.ROOT,
            "Training diverged: the loss of step %d is %s, where %s is usual. %d samples are"
                + " rejected as diverged. ",
            step,
            loss,
            runningLoss,
            rejectedSamples)
        + cause
        + (rateFactor < 1 ? " The learning rate is now multiplied by " + rateFactor + "." : "");
  }
}
