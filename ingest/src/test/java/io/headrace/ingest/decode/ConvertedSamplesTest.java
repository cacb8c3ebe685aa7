package io.headrace.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.sample.LabelSpec;
import io.headrace.schemas.Sample;
import io.headrace.schemas.Schemas;
import io.headrace.schemas.SparseIds;
import io.headrace.schemas.SparseNames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Canonical samples read at once, beside the general steps: these read the same bytes by a schema
 * that differs in a property which means nothing.
 */
class ConvertedSamplesTest {
  private static final int RECORDS = 60;
  private static final int WIDTH = 3;
  private static final Schema SAME = Sample.getClassSchema();
  private static final Schema OTHER = otherwise(SAME);
  private static final LabelMapping LABEL =
      new LabelMapping("label", new LabelSpec.Classes(List.of("no", "yes")));
  private static final SampleMapping MAPPING =
      mapping(sparse("a", 31), sparse("b", 10), new InputMapping.DenseVector("x", "x", WIDTH));

  private static Schema otherwise(Schema schema) {
    Schema other = new Schema.Parser().parse(schema.toString());
    other.addProp("beside", "the point");
    return other;
  }

  private static InputMapping.SparseFields sparse(String name, int bits) {
    return new InputMapping.SparseFields(name, List.of(), bits, List.of(), Map.of(), List.of());
  }

  private static SampleMapping mapping(InputMapping... inputs) {
    return new SampleMapping(
        LABEL, Optional.of("weight"), Optional.of("eventTime"), List.of(inputs));
  }

  private static AvroStep step(Schema writer, SampleMapping mapping) {
    return AvroPlan.compile(writer, null, mapping, new FieldTable(mapping)).step();
  }

  @Test
  void areReadAtOnceInThisSchemaAlone() {
    assertThat(step(SAME, MAPPING)).isInstanceOf(ConvertedSamples.class);
    assertThat(step(OTHER, MAPPING)).isNotInstanceOf(ConvertedSamples.class);
    var image = mapping(sparse("a", 20), new InputMapping.Image("b", "b", List.of(2, 2, 1)));
    assertThat(step(SAME, image)).isNotInstanceOf(ConvertedSamples.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void giveTheSameRowsAndRejections(long seed) throws IOException {
    var random = new Random(seed);
    var here = new Trial(DecoderSpec.avro("container", Optional.empty()), MAPPING);
    var there = new Trial(DecoderSpec.avro("container", Optional.empty()), MAPPING);
    int rows = 0;
    int rejected = 0;
    for (int block = 0; block < 40; block++) {
      byte[] bytes = block(random, block % 4 == 0);
      if (block % 3 == 0) { // damaged: whatever stands there is read, or told, as it is
        for (int i = 0; i < 1 + random.nextInt(5); i++) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
      }
      int length = block % 7 == 0 ? random.nextInt(bytes.length) : bytes.length;
      here.chunk().addRun(bytes, length, RECORDS, 0, SAME);
      there.chunk().addRun(bytes, length, RECORDS, 0, OTHER);
      Trial.Outcome expected = there.decode();
      assertThat(here.decode()).as("seed %d, block %d", seed, block).isEqualTo(expected);
      rows += expected.rows().size();
      rejected += expected.rejections().size();
    }
    assertThat(rows).isGreaterThan(500);
    assertThat(rejected).isGreaterThan(50);
  }

  /**
   * @param inParts whether arrays and maps are written in blocks that say how long they are
   */
  private static byte[] block(Random random, boolean inParts) throws IOException {
    Schemas.trust();
    var bytes = new ByteArrayOutputStream();
    var factory = new EncoderFactory().configureBlockSize(64);
    BinaryEncoder encoder =
        inParts
            ? factory.blockingBinaryEncoder(bytes, null)
            : factory.directBinaryEncoder(bytes, null);
    var writer = new SpecificDatumWriter<Sample>(SAME);
    for (int i = 0; i < RECORDS; i++) {
      writer.write(sample(random), encoder);
    }
    encoder.flush();
    return bytes.toByteArray();
  }

  /** Mostly as they are converted, sometimes not, sometimes wrong. */
  private static Sample sample(Random random) {
    Object[] labels = {"no", "yes", "yes", 0, 1, 1.0, "perhaps", null};
    var inputs = new TreeMap<String, Object>();
    inputs.put("a", pairs(random));
    if (random.nextInt(3) == 0) {
      inputs.put("b", pairs(random));
    }
    if (random.nextInt(30) > 0) {
      inputs.put("x", vector(random));
    }
    if (random.nextInt(20) == 0) {
      inputs.put("unknown", "text");
    }
    if (random.nextInt(20) == 0) {
      inputs.put("b", new SparseNames(List.of("x", "y"), List.of()));
    }
    Sample.Builder sample = Sample.newBuilder();
    if (random.nextInt(20) == 0) {
      sample.setId("id");
    }
    if (random.nextInt(3) == 0) {
      sample.setEventTime(Instant.ofEpochMilli(random.nextLong(1L << 41)));
    }
    return sample
        .setLabel(labels[random.nextInt(random.nextInt(3) == 0 ? labels.length : 3)])
        .setWeight(random.nextInt(30) == 0 ? Float.NaN : random.nextInt(4))
        .setInputs(inputs)
        .build();
  }

  /** Sometimes too long, too short, or not finite. */
  private static Object vector(Random random) {
    int length = random.nextInt(20) == 0 ? random.nextInt(WIDTH + 3) : WIDTH;
    List<Float> floats = new ArrayList<>();
    ByteBuffer bytes = ByteBuffer.allocate(length * Float.BYTES + random.nextInt(20) / 19);
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < length; i++) {
      floats.add(random.nextInt(90) == 0 ? Float.NaN : random.nextFloat());
      bytes.putFloat(floats.getLast());
    }
    return random.nextBoolean() ? floats : bytes.rewind();
  }

  private static Object pairs(Random random) {
    return random.nextBoolean() ? ids(random) : packed(random);
  }

  private static ByteBuffer packed(Random random) {
    int count = random.nextInt(12);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt(300) == 0 ? -Float.NaN : random.nextFloat() - 0.5f;
    }
    ByteBuffer whole = RejectionsTest.packed(random.ints(count).toArray(), values);
    return random.nextInt(30) == 0 ? whole.limit(random.nextInt(whole.limit() + 1)) : whole;
  }

  private static SparseIds ids(Random random) {
    List<Integer> ids = new ArrayList<>();
    List<Float> values = new ArrayList<>();
    for (int i = random.nextInt(random.nextInt(9) == 0 ? 90 : 12); i > 0; i--) {
      ids.add(random.nextInt() >> random.nextInt(32));
      values.add(random.nextInt(300) == 0 ? Float.POSITIVE_INFINITY : random.nextFloat());
    }
    if (random.nextInt(4) == 0) {
      values.clear();
    } else if (random.nextInt(40) == 0) {
      values.add(1f);
    }
    return new SparseIds(ids, values, random.nextInt(20) == 0 ? ids : List.of());
  }
}
