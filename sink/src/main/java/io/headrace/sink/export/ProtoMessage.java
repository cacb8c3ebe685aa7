package io.headrace.sink.export;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A message in Protocol Buffers' encoding under construction. Fields are written in the order in
 * which they were added; nested messages, which must be complete when they are added, and blocks of
 * bytes are kept as they are, so a model's weights are not copied before they are written. Not
 * thread-safe.
 */
final class ProtoMessage {
  /** Bytes of a block that are handed on at once. */
  private static final int CHUNK = 1 << 20;

  private final List<Field> fields = new ArrayList<>();
  private long size;

  /** Writes a field with its tag. */
  private interface Field {
    void writeTo(CodedOutputStream to) throws IOException;
  }

  private ProtoMessage add(long bytes, Field field) {
    size += bytes;
    fields.add(field);
    return this;
  }

  ProtoMessage number(int field, long value) {
    return add(CodedOutputStream.computeInt64Size(field, value), to -> to.writeInt64(field, value));
  }

  ProtoMessage decimal(int field, float value) {
    return add(CodedOutputStream.computeFloatSize(field, value), to -> to.writeFloat(field, value));
  }

  ProtoMessage text(int field, String value) {
    return add(
        CodedOutputStream.computeStringSize(field, value), to -> to.writeString(field, value));
  }

  ProtoMessage message(int field, ProtoMessage value) {
    return addPrefixed(field, value.size, value::writeTo);
  }

  ProtoMessage bytes(int field, MemorySegment value) {
    return addPrefixed(field, value.byteSize(), to -> writeChunks(value, to));
  }

  private ProtoMessage addPrefixed(int field, long bytes, Field content) {
    int prefix =
        CodedOutputStream.computeTagSize(field) + CodedOutputStream.computeUInt64SizeNoTag(bytes);
    return add(
        prefix + bytes,
        to -> {
          to.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
          to.writeUInt64NoTag(bytes);
          content.writeTo(to);
        });
  }

  private static void writeChunks(MemorySegment value, CodedOutputStream to) throws IOException {
    for (long at = 0; at < value.byteSize(); at += CHUNK) {
      long count = Math.min(CHUNK, value.byteSize() - at);
      to.writeLazy(value.asSlice(at, count).asByteBuffer());
    }
  }

  /** Adds the fields of {@code other} to these. */
  ProtoMessage embed(ProtoMessage other) {
    fields.addAll(other.fields);
    size += other.size;
    return this;
  }

  /** Bytes of the whole message. */
  long size() {
    return size;
  }

  void writeTo(CodedOutputStream to) throws IOException {
    for (Field field : fields) {
      field.writeTo(to);
    }
  }
}
