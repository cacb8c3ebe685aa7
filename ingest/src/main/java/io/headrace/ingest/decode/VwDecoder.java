package io.headrace.ingest.decode;

import io.headrace.engine.sample.SampleBlock;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.RecordChunk.Fault;
import io.headrace.ingest.Rejections;
import io.headrace.ingest.SampleDecoder;
import org.jspecify.annotations.Nullable;

/** Decodes lines of Vowpal Wabbit's text format. Not thread-safe. */
final class VwDecoder implements SampleDecoder {
  private final SampleRow row;
  private final VwLine line;
  private final VwPairs[] inputs;

  /**
   * @throws io.headrace.engine.error.InvalidSettingException if the mapping asks for what such
   *     lines do not have
   */
  VwDecoder(SampleMapping mapping, SampleRow row) {
    this.row = row;
    line = new VwLine(VwPairs.namespaces(mapping), row.values());
    inputs = VwPairs.of(mapping, line.namespaces());
  }

  @Override
  public void decode(RecordChunk from, SampleBlock into, Rejections rejections) {
    for (int i = 0; i < from.count(); i++) {
      row.begin(into);
      Fault fault = from.fault(i);
      if (fault == null) {
        fault = read(from.bytes(), from.start(i), from.end(i));
      }
      if (fault == null) {
        row.end(from, i, rejections);
      } else {
        row.reject(from, i, fault, rejections);
      }
    }
  }

  private @Nullable Fault read(byte[] bytes, int start, int end) {
    Fault fault = line.read(bytes, start, end);
    for (int i = 0; i < inputs.length && fault == null; i++) {
      fault = inputs[i].write(line, row.sparse(i));
    }
    return fault;
  }
}
