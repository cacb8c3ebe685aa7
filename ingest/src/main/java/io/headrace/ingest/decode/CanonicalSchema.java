package io.headrace.ingest.decode;

import io.headrace.schemas.Sample;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The canonical sample's schema alone, read when somebody asks first: a job of text never does, and
 * would start with Avro and its parser of JSON for nothing. Thread-safe.
 */
final class CanonicalSchema implements WriterSchemas {
  @Override
  public @Nullable Schema byFingerprint(long fingerprint) {
    return Read.SCHEMAS.byFingerprint(fingerprint);
  }

  @Override
  public @Nullable Schema byId(int id) {
    return Read.SCHEMAS.byId(id);
  }

  @Override
  public String known() {
    return Read.SCHEMAS.known();
  }

  private static final class Read {
    static final KnownSchemas SCHEMAS =
        new KnownSchemas(List.of(Sample.getClassSchema()), Map.of(), null);
  }
}
