package io.headrace.ingest.decode;

import io.headrace.ingest.RecordChunk.Fault;
import org.jspecify.annotations.Nullable;

/** Decodes lines of Vowpal Wabbit's text format. Not thread-safe. */
final class VwDecoder extends EachRecord {
  private final VwLine line;
  private final VwPairs[] inputs;

  /**
   * @throws io.headrace.engine.error.InvalidSettingException if the mapping asks for what such
   *     lines do not have
   */
  VwDecoder(SampleMapping mapping, SampleRow row) {
    super(row);
    line = new VwLine(VwPairs.namespaces(mapping), row.values());
    inputs = VwPairs.of(mapping, line.namespaces());
  }

  @Override
  @Nullable Fault read(byte[] bytes, int start, int end) {
    Fault fault = line.read(bytes, start, end);
    for (int i = 0; i < inputs.length && fault == null; i++) {
      fault = inputs[i].write(line, row.sparse(i));
    }
    return fault;
  }
}
