package io.headrace.ingest.kafka;

/**
 * The topic that positions are of. A topic that is deleted and created anew has another id.
 * Immutable.
 *
 * @param partitions how many it had when reading began, in the first of the runs that went on from
 *     each other: those that it was given since are read from their beginning
 */
public record KafkaTopic(String name, String id, int partitions) {
  /** One line that {@link #parse} reads; the name comes last. */
  public String text() {
    return id + " " + partitions + " " + name;
  }

  /** Reads what {@link #text} wrote. */
  public static KafkaTopic parse(String text) {
    String[] words = text.split(" ", 3);
    return new KafkaTopic(words[2], words[0], Integer.parseInt(words[1]));
  }
}
