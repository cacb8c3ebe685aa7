package io.headrace.sink.kafka;

import io.headrace.engine.error.HeadraceException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Letters that the broker did not take, in the order in which that was found. Thread-safe. */
final class UnsentLetters {
  private final List<ProducerRecord<String, byte[]>> letters = new ArrayList<>();
  private long bytes;
  private @Nullable Exception problem; // why the last one was not taken

  synchronized void add(ProducerRecord<String, byte[]> letter, Exception why) {
    letters.add(letter);
    bytes += letter.value().length;
    problem = why;
  }

  synchronized List<ProducerRecord<String, byte[]>> takeAll() {
    var all = List.copyOf(letters);
    letters.clear();
    bytes = 0;
    return all;
  }

  synchronized boolean isEmpty() {
    return letters.isEmpty();
  }

  synchronized long bytes() {
    return bytes;
  }

  /** Says that letters wait, and why. */
  synchronized HeadraceException failure(String topic) {
    String message =
        "dead-letters.topic: %d rejected records could not be sent to %s (%s). They are sent again at the next checkpoint; check that the broker is up and the topic exists."
            .formatted(letters.size(), topic, problem == null ? "" : problem.getMessage());
    return problem == null
        ? new HeadraceException(message)
        : new HeadraceException(message, problem);
  }
}
