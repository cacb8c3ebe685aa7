package io.headrace.ingest.decode;

import java.util.Optional;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How decoders see the borders of one field. Immutable, but for the borders.
 *
 * @param met the borders
 * @param waits whether numbers without a bucket wait for one, as those of samples to learn from do
 *     until borders move no more
 * @param within how often borders were drawn that count; asked for every number
 */
record LearnedBorders(QuantileBorders met, boolean waits, Optional<IntSupplier> within) {
  /** The bucket of a number, or {@link Buckets#NOT_YET}. */
  long bucket(float number) {
    float @Nullable [] borders =
        waits
            ? met.last()
            : within.map(drawn -> met.drawn(drawn.getAsInt())).orElseGet(met::newest);
    return borders == null ? Buckets.NOT_YET : QuantileBorders.bucket(borders, number);
  }
}
