package io.headrace.sink.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.state.Tensor;
import io.headrace.engine.state.TensorType;
import io.headrace.sink.checkpoint.SafetensorsReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightFilesTest {
  private static final LabelSpec TWO = new LabelSpec.Classes(List.of("no", "yes"));

  @TempDir Path folder;

  @Test
  void plainTensorsComeBackAsTheyWere() {
    Path file = folder.resolve("weights.safetensors");
    try (var model = sparse()) {
      ExportedModel exported = model.exported();
      SafetensorsFile.write(exported.tensors(), new TreeMap<>(Map.of("job", "noise")), file);
      var found = SafetensorsFile.read(file);
      assertThat(found.keySet()).isEqualTo(exported.tensors().keySet());
      exported
          .tensors()
          .forEach(
              (name, tensor) -> {
                assertThat(of(found, name).shape()).isEqualTo(tensor.shape());
                assertThat(of(found, name).data().mismatch(tensor.data())).isEqualTo(-1);
              });
    }
  }

  @Test
  void isReadByAReaderMadeFromTheFormatsDescription() throws IOException {
    Path file = folder.resolve("weights.safetensors");
    try (var model = sparse()) {
      var tensors = model.exported().tensors();
      SafetensorsFile.write(tensors, new TreeMap<>(Map.of("job", "noise \u00e9")), file);
      SafetensorsReader found = SafetensorsReader.read(file);
      assertThat(found.metadata()).isEqualTo(Map.of("job", "noise \u00e9"));
      assertThat(found.tensors().keySet()).isEqualTo(tensors.keySet());
      tensors.forEach(
          (name, tensor) -> {
            var entry = Objects.requireNonNull(found.tensors().get(name));
            assertThat(entry.dtype()).isEqualTo(tensor.type().name());
            assertThat(MemorySegment.ofBuffer(entry.data()).mismatch(tensor.data())).isEqualTo(-1);
          });
    }
  }

  @Test
  void readsHalvesOfBothKinds() throws IOException {
    String header =
        """
        {"half":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},\
        "brain":{"dtype":"BF16","shape":[1,1],"data_offsets":[4,6]}}""";
    var bytes = ByteBuffer.allocate(8 + header.length() + 6).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(header.length()).put(header.getBytes(StandardCharsets.US_ASCII));
    bytes.putShort(Float.floatToFloat16(1.5f)).putShort(Float.floatToFloat16(-65504f));
    bytes.putShort((short) (Float.floatToIntBits(-3f) >> 16));
    Path file = folder.resolve("halves.safetensors");
    Files.write(file, bytes.array());
    var found = SafetensorsFile.read(file);
    assertThat(Floats.read(of(found, "half").data(), 0)).isEqualTo(1.5f);
    assertThat(Floats.read(of(found, "half").data(), 1)).isEqualTo(-65504f);
    assertThat(Floats.read(of(found, "brain").data(), 0)).isEqualTo(-3f);
  }

  @Test
  void damagedFilesAreRefusedWithAReason() throws IOException {
    Path file = folder.resolve("weights.safetensors");
    try (var model = sparse()) {
      SafetensorsFile.write(model.exported().tensors(), new TreeMap<>(), file);
    }
    byte[] whole = Files.readAllBytes(file);
    var random = new SplittableRandom(26);
    for (int round = 0; round < 300; round++) {
      byte[] damaged = whole.clone();
      for (int i = 0; i < 4; i++) {
        damaged[random.nextInt(200)] = (byte) random.nextInt();
      }
      int length = random.nextInt(4) == 0 ? random.nextInt(whole.length) : whole.length;
      Files.write(file, java.util.Arrays.copyOf(damaged, length));
      try {
        SafetensorsFile.read(file);
      } catch (HeadraceException e) {
        assertThat(e).hasMessageContaining("weights.safetensors");
      }
    }
    Files.write(file, new byte[] {1, 2});
    assertThatThrownBy(() -> SafetensorsFile.read(file)).hasMessageContaining("2 bytes long");
  }

  @Test
  void coarseWeightsAreNearTheirModel() {
    float[] values = {0.001f, -0.5f, 1.2345678f, -0.009f, 3e-40f, Float.NaN, 1.99999f};
    var tensors = new TreeMap<String, Tensor>();
    MemorySegment counts = Arena.ofAuto().allocate(8, 8);
    tensors.put("w", new Tensor(TensorType.F32, List.of(7L), Floats.of(values)));
    tensors.put("n", new Tensor(TensorType.I64, List.of(1L), counts));
    try (var model = sparse()) {
      ExportedModel coarse = new CoarseWeights(0.01, 7).of(model.exported().withTensors(tensors));
      float[] found = new float[values.length];
      Floats.copyOut(coarse.tensor("w").data(), 0, found);
      assertThat(found).containsExactly(0, -0.5f, 1.234375f, 0, 0, Float.NaN, 2);
      assertThat(coarse.tensor("n").data()).isSameAs(counts);
    }
    assertThatThrownBy(() -> new CoarseWeights(-1, 7)).hasMessageContaining("0 or more");
  }

  @Test
  void readableTextHasEveryWeightAtItsIndex() throws IOException {
    Path file = folder.resolve("model.vw");
    try (var model = sparse()) {
      ExportedModel exported = model.exported();
      VwText.write(exported, file);
      Tensor weights = exported.tensor("0.linear.weight");
      var lines = Files.readAllLines(file);
      assertThat(lines).contains("bits:10", "Id noise");
      float[] found = new float[1 << 10];
      for (String line : lines.subList(lines.indexOf(":0") + 1, lines.size())) {
        int colon = line.indexOf(':');
        found[Integer.parseInt(line.substring(0, colon))] =
            Float.parseFloat(line.substring(colon + 1));
      }
      float[] expected = new float[1 << 10];
      Floats.copyOut(weights.data(), 0, expected);
      expected[11_650_396 & 1023] = Floats.read(exported.tensor("0.linear.bias").data(), 0);
      assertThat(found).isEqualTo(expected);
    }
  }

  @Test
  void readableTextIsForLinearModelsOnly() {
    try (var model =
        new RandomModel(Map.of("x", new InputSpec.Dense(List.of(3))), TWO, "logistic", "dense")) {
      assertThatThrownBy(() -> VwText.write(model.exported(), folder.resolve("model.vw")))
          .hasMessageContaining("one linear layer")
          .hasMessageContaining("[dense]");
    }
    assertThat(folder.resolve("model.vw")).doesNotExist();
  }

  private static Tensor of(SortedMap<String, Tensor> tensors, String name) {
    return Objects.requireNonNull(tensors.get(name), name);
  }

  private static RandomModel sparse() {
    return new RandomModel(Map.of("x", new InputSpec.Sparse(10)), TWO, "logistic", "linear");
  }
}
