package io.headrace.ingest.mask;

/** What a value is where it stands, and so what it may become. */
enum Kind {
  TEXT,
  /** 32 bits. */
  INT,
  /** 64 bits. */
  LONG,
  REAL
}
