package io.headrace.sink.foreign;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.state.Tensor;
import io.headrace.engine.state.TensorType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The floats that an ONNX file holds as initializers, halves widened; matrices that the operator
 * Gemm reads transposed are turned to in x out, as MatMul has them. Field numbers are those of the
 * format's definition, onnx.proto3. One thread reads one file.
 */
final class OnnxInitializers {
  private static final int FLOAT = 1;
  private static final int FLOAT16 = 10;
  private static final int BFLOAT16 = 16;

  private final SortedMap<String, Tensor> tensors = new TreeMap<>();
  private final Map<String, String> unreadable = new HashMap<>();
  private final Set<String> transposed = new HashSet<>();
  private String producer = "";

  private OnnxInitializers() {}

  /** Reads a field of a message, or returns false to have it passed over. */
  private interface FieldReader {
    boolean read(int field, CodedInputStream in) throws IOException;
  }

  /** Reads one number of a repeated field. */
  private interface NumberReader {
    void read() throws IOException;
  }

  /** An initializer before it is one of floats. */
  private static final class RawTensor {
    private final List<Long> shape = new ArrayList<>();
    private final List<Float> floats = new ArrayList<>();
    private final List<Integer> halves = new ArrayList<>();
    private ByteBuffer bytes = ByteBuffer.allocate(0);
    private String name = "";
    private int type;
    private boolean elsewhere;

    boolean read(int field, CodedInputStream in) throws IOException {
      switch (field) {
        case 1 -> repeated(in, WireFormat.WIRETYPE_VARINT, () -> shape.add(in.readInt64()));
        case 2 -> type = in.readInt32();
        case 4 -> repeated(in, WireFormat.WIRETYPE_FIXED32, () -> floats.add(in.readFloat()));
        case 5 -> repeated(in, WireFormat.WIRETYPE_VARINT, () -> halves.add(in.readInt32()));
        case 8 -> name = in.readString();
        case 9 -> bytes = in.readByteBuffer();
        case 14 -> elsewhere = in.readEnum() == 1;
        default -> {
          return false;
        }
      }
      return true;
    }

    private float[] values() {
      bytes.order(ByteOrder.LITTLE_ENDIAN);
      boolean raw = bytes.hasRemaining();
      int count = raw ? bytes.remaining() / (type == FLOAT ? 4 : 2) : stored();
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] =
            switch (type) {
              case FLOAT -> raw ? bytes.getFloat(4 * i) : floats.get(i);
              case FLOAT16 -> Float.float16ToFloat(half(raw, i));
              default -> Float.intBitsToFloat(half(raw, i) << 16);
            };
      }
      return values;
    }

    private int stored() {
      return type == FLOAT ? floats.size() : halves.size();
    }

    private short half(boolean raw, int i) {
      return raw ? bytes.getShort(2 * i) : halves.get(i).shortValue();
    }
  }

  /**
   * Reads a file.
   *
   * @throws HeadraceException if it cannot be read, or is no ONNX file
   */
  static OnnxInitializers read(Path file) {
    var all = new OnnxInitializers();
    try (InputStream in = Files.newInputStream(file)) {
      CodedInputStream coded = CodedInputStream.newInstance(in);
      message(coded, all::model);
    } catch (IOException | RuntimeException e) {
      throw new HeadraceException(
          "start-from.file: %s cannot be read as ONNX: %s. Name a whole .onnx file whose weights are in it."
              .formatted(file, e.getMessage()),
          e);
    }
    all.transposed.forEach(name -> all.tensors.computeIfPresent(name, (n, t) -> turned(t)));
    all.tensors.keySet().removeAll(all.unreadable.keySet());
    return all;
  }

  SortedMap<String, Tensor> tensors() {
    return tensors;
  }

  /** Why tensors of these names are not among {@link #tensors}. */
  Map<String, String> unreadable() {
    return unreadable;
  }

  /** The program that wrote the file, if it says. */
  String producer() {
    return producer;
  }

  private boolean model(int field, CodedInputStream in) throws IOException {
    switch (field) {
      case 2 -> producer = in.readString();
      case 7 -> nested(in, this::graph);
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean graph(int field, CodedInputStream in) throws IOException {
    switch (field) {
      case 1 -> node(in);
      case 5 -> {
        var tensor = new RawTensor();
        nested(in, tensor::read);
        add(tensor);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private void add(RawTensor raw) {
    if (raw.elsewhere) {
      unreadable.put(raw.name, "lies in another file beside it");
    } else if (raw.type == FLOAT || raw.type == FLOAT16 || raw.type == BFLOAT16) {
      try {
        tensors.put(raw.name, new Tensor(TensorType.F32, raw.shape, Floats.of(raw.values())));
      } catch (IllegalArgumentException | ArithmeticException e) {
        throw new IllegalStateException("tensor " + raw.name + ": " + e.getMessage(), e);
      }
    } else {
      unreadable.put(raw.name, "has elements of ONNX's type " + raw.type + ", not floats");
    }
  }

  private void node(CodedInputStream in) throws IOException {
    List<String> inputs = new ArrayList<>();
    var operator = new StringBuilder();
    Map<String, Long> numbers = new HashMap<>();
    nested(
        in,
        (field, node) -> {
          switch (field) {
            case 1 -> inputs.add(node.readString());
            case 4 -> operator.append(node.readString());
            case 5 -> attribute(node, numbers);
            default -> {
              return false;
            }
          }
          return true;
        });
    if (operator.toString().equals("Gemm")
        && inputs.size() > 1
        && numbers.getOrDefault("transB", 0L) == 1) {
      transposed.add(inputs.get(1));
    }
    if (operator.toString().equals("GRU") && numbers.getOrDefault("linear_before_reset", 0L) == 0) {
      inputs.stream()
          .skip(1)
          .limit(3)
          .forEach(
              name ->
                  unreadable.put(name, "is of a GRU that resets before it multiplies, unlike gru"));
    }
  }

  private static void attribute(CodedInputStream in, Map<String, Long> numbers) throws IOException {
    var name = new StringBuilder();
    nested(
        in,
        (field, attribute) -> {
          switch (field) {
            case 1 -> name.append(attribute.readString());
            case 3 -> numbers.put(name.toString(), attribute.readInt64());
            default -> {
              return false;
            }
          }
          return true;
        });
  }

  private static Tensor turned(Tensor tensor) {
    List<Long> shape = tensor.shape();
    if (shape.size() != 2) {
      return tensor;
    }
    float[] turned = Recipe.turned(Floats.toArray(tensor.data()), shape, 1, 0);
    return new Tensor(tensor.type(), List.of(shape.get(1), shape.get(0)), Floats.of(turned));
  }

  private static void nested(CodedInputStream in, FieldReader reader) throws IOException {
    int outer = in.pushLimit(in.readRawVarint32());
    message(in, reader);
    in.checkLastTagWas(0);
    in.popLimit(outer);
  }

  /** Reads a number, or many where they are packed. */
  private static void repeated(CodedInputStream in, int wireType, NumberReader reader)
      throws IOException {
    if (WireFormat.getTagWireType(in.getLastTag()) == wireType) {
      reader.read();
      return;
    }
    int outer = in.pushLimit(in.readRawVarint32());
    while (!in.isAtEnd()) {
      reader.read();
    }
    in.popLimit(outer);
  }

  private static void message(CodedInputStream in, FieldReader reader) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int field = WireFormat.getTagFieldNumber(tag);
      if (!reader.read(field, in)) {
        in.skipField(tag);
      }
    }
  }
}
