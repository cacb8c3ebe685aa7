package io.headrace.app.http;

import io.headrace.app.letters.LetterFilter;
import io.headrace.app.letters.Letters;
import io.headrace.app.letters.ReplayLog;
import io.headrace.app.letters.ReplayMemory;
import io.headrace.schemas.RejectedSample;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.exceptions.HttpStatusException;
import java.util.function.Consumer;

/**
 * Letters of which no more than {@link #MOST} may be asked for at once, for what is known of each
 * is held in memory, and memory belongs to training.
 */
record FewLetters(Letters letters) implements Letters {
  static final int MOST = 100_000;

  @Override
  public void forEach(Consumer<RejectedSample> taker) {
    letters.forEach(taker);
  }

  @Override
  public void forEach(LetterFilter filter, Consumer<RejectedSample> taker) {
    int[] taken = {0};
    letters.forEach(
        filter,
        letter -> {
          if (++taken[0] > MOST) {
            throw new HttpStatusException(
                HttpStatus.UNPROCESSABLE_ENTITY,
                "These are more than %,d letters. Ask for fewer, by reason, positions or time; headrace dead-letters takes any number."
                    .formatted(MOST));
          }
          taker.accept(letter);
        });
  }

  @Override
  public ReplayLog log() {
    return letters.log();
  }

  @Override
  public ReplayMemory memory() {
    return letters.memory();
  }

  @Override
  public String toString() {
    return letters.toString();
  }
}
