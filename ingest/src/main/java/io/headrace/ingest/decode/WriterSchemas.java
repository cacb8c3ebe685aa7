package io.headrace.ingest.decode;

import io.headrace.schemas.Sample;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Finds the schema that a record was written in by what stands before it. Thread-safe. */
public interface WriterSchemas {
  /** The schema with this 64-bit CRC fingerprint of its parsing canonical form; null if unknown. */
  @Nullable Schema byFingerprint(long fingerprint);

  /** The schema with this id in a registry; null if unknown. It may wait for the registry. */
  @Nullable Schema byId(int id);

  /** What there is to say of an id that is unknown, for a person to read. */
  default String unknown(int id) {
    return "known: " + known();
  }

  /** The schemas that are known, for a person to read. */
  String known();

  /**
   * Schemas that are known beforehand.
   *
   * @param schemas known by their fingerprints
   * @param byId known by the ids of a registry
   */
  static WriterSchemas of(List<Schema> schemas, Map<Integer, Schema> byId) {
    return new KnownSchemas(schemas, byId, null);
  }

  /**
   * What a job without a registry knows: the canonical sample, and its own schema, which is taken
   * for every id.
   */
  static WriterSchemas ofJob(@Nullable Schema schema) {
    return schema == null
        ? new CanonicalSchema()
        : new KnownSchemas(List.of(schema, Sample.getClassSchema()), Map.of(), schema);
  }
}
