package io.headrace.ingest.decode;

import io.headrace.engine.sample.SampleBlock;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.RecordChunk.Fault;
import io.headrace.ingest.Rejections;
import org.jspecify.annotations.Nullable;

/** Decodes lines of Vowpal Wabbit's text format. Not thread-safe. */
final class VwDecoder extends EachRecord {
  private final VwLine line;
  private final VwPairs[] inputs;
  private final VwStops stops = new VwStops();
  private final @Nullable PlainVwLine plain;

  /**
   * @param hashAll whether names of digits are hashed as all others are
   * @throws io.headrace.engine.error.InvalidSettingException if the mapping asks for what such
   *     lines do not have
   */
  VwDecoder(SampleMapping mapping, SampleRow row, boolean hashAll) {
    super(row);
    line = new VwLine(VwPairs.namespaces(mapping), row.values(), hashAll);
    inputs = VwPairs.of(mapping, line.namespaces());
    plain =
        inputs.length == 1 && inputs[0].takesAll() && !hashAll
            ? new PlainVwLine(row.values(), inputs[0].mask(), stops)
            : null;
  }

  @Override
  public void decode(RecordChunk from, SampleBlock into, Rejections rejections) {
    if (plain != null) {
      stops.find(from);
    }
    super.decode(from, into, rejections);
  }

  @Override
  @Nullable Fault read(byte[] bytes, int start, int end) {
    if (plain != null && plain.read(bytes, start, end, row.sparse(0))) {
      return null;
    }
    Fault fault = line.read(bytes, start, end);
    for (int i = 0; i < inputs.length && fault == null; i++) {
      fault = inputs[i].write(line, row.sparse(i));
    }
    return fault;
  }
}
