package io.headrace.sink.export;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A message in Protocol Buffers' encoding under construction. Fields are written in the order in
 * which they were added; nested messages and blocks of bytes are kept as they are, so a model's
 * weights are not copied before they are written. Not thread-safe.
 */
final class ProtoMessage {
  /** Bytes of a block that are handed on at once. */
  private static final int CHUNK = 1 << 20;

  private final List<Field> fields = new ArrayList<>();

  /** One field with its tag. */
  private interface Field {
    long size();

    void write(CodedOutputStream to) throws IOException;
  }

  ProtoMessage number(int field, long value) {
    fields.add(
        new Field() {
          @Override
          public long size() {
            return CodedOutputStream.computeInt64Size(field, value);
          }

          @Override
          public void write(CodedOutputStream to) throws IOException {
            to.writeInt64(field, value);
          }
        });
    return this;
  }

  ProtoMessage decimal(int field, float value) {
    fields.add(
        new Field() {
          @Override
          public long size() {
            return CodedOutputStream.computeFloatSize(field, value);
          }

          @Override
          public void write(CodedOutputStream to) throws IOException {
            to.writeFloat(field, value);
          }
        });
    return this;
  }

  ProtoMessage text(int field, String value) {
    fields.add(
        new Field() {
          @Override
          public long size() {
            return CodedOutputStream.computeStringSize(field, value);
          }

          @Override
          public void write(CodedOutputStream to) throws IOException {
            to.writeString(field, value);
          }
        });
    return this;
  }

  ProtoMessage message(int field, ProtoMessage value) {
    fields.add(
        new Field() {
          @Override
          public long size() {
            return prefixed(field, value.size());
          }

          @Override
          public void write(CodedOutputStream to) throws IOException {
            prefix(to, field, value.size());
            value.writeTo(to);
          }
        });
    return this;
  }

  ProtoMessage bytes(int field, MemorySegment value) {
    fields.add(
        new Field() {
          @Override
          public long size() {
            return prefixed(field, value.byteSize());
          }

          @Override
          public void write(CodedOutputStream to) throws IOException {
            prefix(to, field, value.byteSize());
            for (long at = 0; at < value.byteSize(); at += CHUNK) {
              long count = Math.min(CHUNK, value.byteSize() - at);
              to.writeLazy(value.asSlice(at, count).asByteBuffer());
            }
          }
        });
    return this;
  }

  /** Adds the fields of {@code other} to these. */
  ProtoMessage embed(ProtoMessage other) {
    fields.addAll(other.fields);
    return this;
  }

  /** Bytes of the whole message. */
  long size() {
    return fields.stream().mapToLong(Field::size).sum();
  }

  void writeTo(CodedOutputStream to) throws IOException {
    for (Field field : fields) {
      field.write(to);
    }
  }

  private static long prefixed(int field, long size) {
    return CodedOutputStream.computeTagSize(field)
        + CodedOutputStream.computeUInt64SizeNoTag(size)
        + size;
  }

  private static void prefix(CodedOutputStream to, int field, long size) throws IOException {
    to.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    to.writeUInt64NoTag(size);
  }
}
