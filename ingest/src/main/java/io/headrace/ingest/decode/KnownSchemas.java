package io.headrace.ingest.decode;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.jspecify.annotations.Nullable;

/** Schemas that are known beforehand. Immutable. */
final class KnownSchemas implements WriterSchemas {
  private final Map<Long, Schema> byFingerprint = new HashMap<>();
  private final Map<Integer, Schema> byId;
  private final @Nullable Schema otherwise;
  private final String known;

  /**
   * @param otherwise taken for ids that are not in {@code byId}
   */
  KnownSchemas(List<Schema> schemas, Map<Integer, Schema> byId, @Nullable Schema otherwise) {
    this.byId = Map.copyOf(byId);
    this.otherwise = otherwise;
    var words = new StringJoiner(", ").setEmptyValue("none");
    for (Schema schema : schemas) {
      long fingerprint = SchemaNormalization.parsingFingerprint64(schema);
      byFingerprint.put(fingerprint, schema);
      words.add("%s %016x".formatted(schema.getFullName(), fingerprint));
    }
    byId.forEach((id, schema) -> words.add(schema.getFullName() + " id " + id));
    known = words.toString();
  }

  @Override
  public @Nullable Schema byFingerprint(long fingerprint) {
    return byFingerprint.get(fingerprint);
  }

  @Override
  public @Nullable Schema byId(int id) {
    return byId.getOrDefault(id, otherwise);
  }

  @Override
  public String known() {
    return known;
  }
}
