package io.headrace.app.letters;

/** What a person does about a reason. Stateless. */
final class Remedy {
  private Remedy() {}

  static String of(String reason) {
    return switch (reason) {
      case "malformed" ->
          "The bytes are not what source.format says. Export, correct and replay them, or correct the job's format, framing or delimiter.";
      case "wrong-schema" ->
          "The writer's schema is unknown or does not resolve to the job's. Give the job that schema, then replay as it is.";
      case "missing-field" ->
          "A field that the job needs is absent or null. Export, add it and replay, or correct the job's field names.";
      case "label-out-of-range" ->
          "The label is none of sample.label.classes, or no finite number. Export, correct and replay, or add the class to a new job.";
      case "not-a-number" ->
          "A feature is NaN, infinite or no number. Export, correct and replay, or leave the field out of the job.";
      case "wrong-length" ->
          "A vector's length is not that of its input. Correct the producer, or the input's shape.";
      case "too-large" ->
          "The record is longer than max-record-bytes. Raise that, and read the record from its source again: its bytes were not kept.";
      case "empty-text" -> "The text has no token. There is nothing to learn from it.";
      default -> "See docs/formats.md for what the reason means.";
    };
  }
}
