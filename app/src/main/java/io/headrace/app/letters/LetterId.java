package io.headrace.app.letters;

import io.headrace.schemas.RejectedSample;

/**
 * What identifies a dead letter, written {@code source/partition/position}. Immutable.
 *
 * @param source topic or file that the record came from; may have slashes of its own
 */
public record LetterId(String source, int partition, long position) {
  static LetterId of(RejectedSample letter) {
    return new LetterId(letter.getSource(), letter.getPartition(), letter.getPosition());
  }

  /**
   * Reads what {@link #toString} writes.
   *
   * @throws IllegalArgumentException if it is something else
   */
  public static LetterId parse(String text) {
    int last = text.lastIndexOf('/');
    int middle = text.lastIndexOf('/', last - 1);
    try {
      return new LetterId(
          text.substring(0, middle),
          Integer.parseInt(text.substring(middle + 1, last)),
          Long.parseLong(text.substring(last + 1)));
    } catch (IndexOutOfBoundsException | NumberFormatException e) {
      throw new IllegalArgumentException(
          "'%s' is no letter: it is source/partition/position, e.g. flights/0/123, as list shows it."
              .formatted(text),
          e);
    }
  }

  @Override
  public String toString() {
    return source + "/" + partition + "/" + position;
  }
}
