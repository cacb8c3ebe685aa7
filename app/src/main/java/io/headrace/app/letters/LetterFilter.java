package io.headrace.app.letters;

import io.headrace.schemas.RejectedSample;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which letters are meant; null and empty ask for nothing. Immutable.
 *
 * @param firstPosition inclusive, as {@code lastPosition} is
 * @param since inclusive, of when the record was rejected; {@code until} is exclusive
 */
public record LetterFilter(
    List<String> reasons,
    @Nullable String source,
    @Nullable Integer partition,
    long firstPosition,
    long lastPosition,
    @Nullable Instant since,
    @Nullable Instant until) {
  public static final LetterFilter ALL =
      new LetterFilter(List.of(), null, null, 0, Long.MAX_VALUE, null, null);

  public LetterFilter {
    reasons = List.copyOf(reasons);
  }

  boolean takes(RejectedSample letter) {
    return (reasons.isEmpty() || reasons.contains(letter.getReason()))
        && (source == null || source.equals(letter.getSource()))
        && (partition == null || partition == letter.getPartition())
        && letter.getPosition() >= firstPosition
        && letter.getPosition() <= lastPosition
        && (since == null || !letter.getRejectedAt().isBefore(since))
        && (until == null || letter.getRejectedAt().isBefore(until));
  }
}
