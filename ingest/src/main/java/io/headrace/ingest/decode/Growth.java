package io.headrace.ingest.decode;

import io.headrace.ingest.text.GrowingVocabulary;
import java.util.Optional;
import java.util.function.IntSupplier;

/**
 * How the vocabulary of a {@code tokens} input grows with the stream. Immutable, but for the
 * vocabulary.
 *
 * @param capacity most tokens
 * @param met the tokens met so far; empty while the job is only described
 * @param adds whether tokens that are not in it wait for a number, as those of samples to learn
 *     from do; else they are unknown
 * @param within tokens with this number and later ones are unknown; asked for every token
 */
public record Growth(
    int capacity, Optional<GrowingVocabulary> met, boolean adds, Optional<IntSupplier> within) {
  Growth(int capacity) {
    this(capacity, Optional.empty(), false, Optional.empty());
  }
}
