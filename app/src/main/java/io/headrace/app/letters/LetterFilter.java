package io.headrace.app.letters;

import io.headrace.schemas.RejectedSample;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
  private static final Pattern RANGE = Pattern.compile("(\\d*)(\\.\\.)?(\\d*)");

  public static final LetterFilter ALL =
      new LetterFilter(List.of(), null, null, 0, Long.MAX_VALUE, null, null);

  public LetterFilter {
    reasons = List.copyOf(reasons);
  }

  /**
   * The same, with positions as people write them.
   *
   * @param positions {@code 100..200}, {@code 100..}, {@code ..200} or {@code 150}, all included
   * @throws IllegalArgumentException if that is no range
   */
  public static LetterFilter of(
      List<String> reasons,
      @Nullable String source,
      @Nullable Integer partition,
      String positions,
      @Nullable Instant since,
      @Nullable Instant until) {
    Matcher range = RANGE.matcher(positions);
    if (positions.isEmpty() || !range.matches()) {
      throw notARange(positions, null);
    }
    boolean one = range.group(2) == null;
    try {
      long first = range.group(1).isEmpty() ? 0 : Long.parseLong(range.group(1));
      long last = range.group(3).isEmpty() ? Long.MAX_VALUE : Long.parseLong(range.group(3));
      return new LetterFilter(reasons, source, partition, first, one ? first : last, since, until);
    } catch (NumberFormatException tooLarge) {
      throw notARange(positions, tooLarge);
    }
  }

  private static IllegalArgumentException notARange(
      String positions, @Nullable NumberFormatException cause) {
    return new IllegalArgumentException(
        positions + ": is no range. Write e.g. 100..200, 100.. or 150.", cause);
  }

  /** Only the letter of that name. */
  public static LetterFilter only(LetterId id) {
    return new LetterFilter(
        List.of(), id.source(), id.partition(), id.position(), id.position(), null, null);
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
