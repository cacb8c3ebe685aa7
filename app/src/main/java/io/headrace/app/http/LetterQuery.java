package io.headrace.app.http;

import io.headrace.app.letters.LetterFilter;
import io.micronaut.core.annotation.Introspected;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.exceptions.HttpStatusException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part of a request that says which dead letters are meant; what is absent asks for nothing.
 *
 * @param reason one or several, e.g. {@code malformed}
 * @param source topic or file that the records came from
 * @param positions e.g. {@code 100..200}, {@code 100..} or {@code 150}, all included
 * @param since when they were rejected, e.g. {@code 2026-05-01T12:00:00Z}
 * @param until before then
 */
@Introspected
record LetterQuery(
    @QueryValue @Nullable List<String> reason,
    @QueryValue @Nullable String source,
    @QueryValue @Nullable Integer partition,
    @QueryValue @Nullable String positions,
    @QueryValue @Nullable String since,
    @QueryValue @Nullable String until) {

  /** As a filter; what cannot be read is the caller's mistake. */
  LetterFilter filter() {
    try {
      return LetterFilter.of(
          reason == null ? List.of() : reason,
          source,
          partition,
          positions == null ? ".." : positions,
          time("since", since),
          time("until", until));
    } catch (IllegalArgumentException e) {
      throw new HttpStatusException(HttpStatus.BAD_REQUEST, "positions " + e.getMessage());
    }
  }

  private static @Nullable Instant time(String name, @Nullable String text) {
    try {
      return text == null ? null : Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new HttpStatusException(
          HttpStatus.BAD_REQUEST,
          "%s %s: is no time. Write e.g. 2026-05-01T12:00:00Z.".formatted(name, text));
    }
  }
}
