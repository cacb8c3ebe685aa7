package io.headrace.ingest.registry;

import org.apache.avro.Schema;

/** What a registry says of an id. */
sealed interface SchemaAnswer {
  /** It has this schema for it, for ever. */
  record Found(Schema schema) implements SchemaAnswer {}

  /**
   * It has none that can be used.
   *
   * @param why for a person to read
   */
  record Unknown(String why) implements SchemaAnswer {}
}
