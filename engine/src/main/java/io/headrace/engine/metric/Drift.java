package io.headrace.engine.metric;

/**
 * A figure that should fall, or stay, has risen beyond chance. Immutable.
 *
 * @param what the figure, e.g. {@code loss}
 * @param before its mean up to the change
 * @param now its mean since then
 * @param threshold the least mean that would have been told
 * @param samples since the change
 */
public record Drift(String what, double before, double now, double threshold, long samples) {
  /** What happened, for a person. */
  public String message() {
    return "The %s rose from %.4g to %.4g over the last %,d samples; up to %.4g nothing would be said. What comes is no longer what was learned from: look at the fields and labels of late records."
        .formatted(what, before, now, samples, threshold);
  }
}
