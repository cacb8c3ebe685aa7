package io.headrace.ingest;

import java.util.Arrays;

/** Why a record could not become a sample. The code is part of the formats: never rename one. */
public enum RejectionReason {
  MALFORMED("malformed"),
  WRONG_SCHEMA("wrong-schema"),
  MISSING_FIELD("missing-field"),
  LABEL_OUT_OF_RANGE("label-out-of-range"),
  NOT_A_NUMBER("not-a-number"),
  WRONG_LENGTH("wrong-length"),
  TOO_LARGE("too-large"),
  EMPTY_TEXT("empty-text"),
  SENSITIVE("sensitive");

  private final String code;

  RejectionReason(String code) {
    this.code = code;
  }

  /** The reason with a code; {@link #MALFORMED} for one that a later version has. */
  public static RejectionReason of(String code) {
    return Arrays.stream(values())
        .filter(reason -> reason.code.equals(code))
        .findFirst()
        .orElse(MALFORMED);
  }

  /** As it stands in dead letters and metrics. */
  public String code() {
    return code;
  }
}
