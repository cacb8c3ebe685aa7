package io.headrace.engine;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.layer.Parameter;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.privacy.PrivacySpec;
import io.headrace.engine.privacy.SecretNoise;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The sum of the gradients of a batch's rows, each cut to the same norm, which is learned from only
 * behind noise. Parts and their noise depend on the model alone, whatever the threads. Tables are
 * updated as a whole: noise on the touched rows alone would tell which those are.
 */
final class PrivateSum {
  private static final int PART_FLOATS = 1 << 14;

  private final OptimizerUpdates updates;
  private final CollectedGradients row;
  private final PrivacySpec privacy;
  private final SecretNoise noise;
  private final MemorySegment sum;
  private final Part[] parts;
  private final float perSample;
  private final WorkerTeam.Phase release = this::release;
  private long number;

  /** Floats of a parameter, in rows {@code stride} apart. */
  private record Part(long offset, long rows, int columns, long stride) {
    int span() {
      return Math.toIntExact((rows - 1) * stride + columns);
    }
  }

  /**
   * @param row takes the gradient of one row
   * @param size floats of the parameter vector
   * @param batchSize by which the sum is divided, however many rows a batch has: that number is no
   *     secret
   */
  PrivateSum(
      OptimizerUpdates updates,
      CollectedGradients row,
      List<Parameter> parameters,
      long size,
      PrivacySpec privacy,
      int batchSize) {
    this.updates = updates;
    this.row = row;
    this.privacy = privacy;
    this.noise = new SecretNoise(privacy.seed());
    this.sum = Floats.allocate(size);
    this.parts = parameters.stream().flatMap(p -> parts(p).stream()).toArray(Part[]::new);
    this.perSample = (float) (1 / (batchSize * privacy.sampling()));
  }

  private static List<Part> parts(Parameter parameter) {
    List<Part> parts = new ArrayList<>();
    long stride = parameter.stride();
    if (parameter.rows() == 1) {
      for (long from = 0; from < parameter.columns(); from += PART_FLOATS) {
        int count = (int) Math.min(PART_FLOATS, parameter.columns() - from);
        parts.add(new Part(parameter.offset() + from, 1, count, count));
      }
      return parts;
    }
    long rowsAtOnce = Math.max(1, PART_FLOATS / stride);
    for (long from = 0; from < parameter.rows(); from += rowsAtOnce) {
      long rows = Math.min(rowsAtOnce, parameter.rows() - from);
      int columns = Math.toIntExact(parameter.columns());
      parts.add(new Part(parameter.offset() + from * stride, rows, columns, stride));
    }
    return parts;
  }

  /** Which rows of a batch of {@code count} take part in release {@code number}. */
  boolean[] drawn(long releaseNumber, int count) {
    return noise.coins(releaseNumber, count, privacy.sampling());
  }

  /**
   * Adds the gradient that was just collected, no longer than it may be.
   *
   * @return false if it is not finite; then it is left out
   */
  boolean addRow(WorkerTeam team) {
    return row.addTo(team, sum, privacy.clip());
  }

  /**
   * Updates all parameters with the sum and its noise, and forgets it.
   *
   * @param releaseNumber tells its noise from that of every other release
   */
  void release(WorkerTeam team, long releaseNumber) {
    number = releaseNumber;
    team.run(parts.length, release);
  }

  private void release(int index, MemorySegment scratch) {
    Part part = parts[index];
    int count = part.span();
    double deviation = privacy.clip() * privacy.noise();
    noise.add(
        number, index, deviation, sum, part.offset(), part.rows(), part.columns(), part.stride());
    Kernels kernels = updates.kernels();
    kernels.scale(count, perSample, sum, part.offset());
    updates.update(part.offset(), sum, part.offset(), count);
    Floats.fill(sum, part.offset(), count, 0);
  }
}
