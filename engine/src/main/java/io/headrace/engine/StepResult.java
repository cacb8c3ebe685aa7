package io.headrace.engine;

/**
 * What one training step did.
 *
 * @param step number of the step, counted from 1; unchanged by a batch without rows
 * @param rows rows learned from
 * @param meanLoss mean weighted loss of the rows, scored before they were learned from; 0 without
 *     rows
 */
public record StepResult(long step, int rows, double meanLoss) {}
