package io.headrace.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.ingest.decode.InputMapping.SparseFields;
import io.headrace.schemas.Sample;
import io.headrace.schemas.Schemas;
import io.headrace.schemas.SparseIds;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Pairs that know their field, in every format, as field-aware models read them. */
class FieldsOfPairsTest {
  private static final int BITS = 20;

  private static SampleMapping mapping(SparseFields input) {
    var mapping =
        new SampleMapping(
            new LabelMapping("label", new LabelSpec.Numeric()),
            Optional.empty(),
            Optional.empty(),
            List.of(input));
    return mapping.withFieldsOf(Set.of("x"));
  }

  private static SparseFields named(List<String> fields, List<List<String>> cross) {
    return new SparseFields("x", fields, BITS, List.of(), Map.of(), cross);
  }

  @Test
  void numbersFieldsThenDatePartsThenCrosses() {
    var departure =
        List.of(
            new SparseFields.Date("departure", DatePart.of("hour")),
            new SparseFields.Date("departure", DatePart.of("weekday")));
    var input =
        new SparseFields(
            "x",
            List.of("from", "km"),
            BITS,
            List.of(),
            Map.of(),
            List.of(List.of("from", "departure.hour"), List.of("from", "km")),
            departure);
    assertThat(mapping(input).schema().inputs().getFirst().spec())
        .hasToString("Sparse[bits=20, fields=6]");
    var trial =
        new Trial(
            DecoderSpec.csv(List.of("label", "from", "km", "departure"), ','), mapping(input));
    trial.add("1,JFK,7,2026-01-31T12:00:00Z").add("1,,8,2026-01-31T12:00:00Z").add("0,LAX,,");
    assertThat(trial.fields())
        .containsExactly(List.of(0, 1, 2, 3, 4, 5), List.of(1, 2, 3), List.of(0));
  }

  @Test
  void numbersNamespacesOfVwLinesAsTheJobNamesThem() {
    SparseFields input = named(List.of("user", "ad"), List.of(List.of("ad", "user")));
    var trial = new Trial(DecoderSpec.fixed("vw"), mapping(input));
    trial.add("1 |ad a b:2 |other c |user u").add("0 |user u");
    assertThat(trial.fields()).containsExactly(List.of(1, 1, 0, 2, 2), List.of(0));
  }

  @Test
  void readsTheFieldsOfLibffmLines() {
    SparseFields input = named(List.of("user", "ad"), List.of());
    var trial = new Trial(DecoderSpec.fixed("libsvm"), mapping(input));
    trial.add("1 0:5:1 1:1048577:0.5 1:7:0").add("0 1:3:2 # ad alone");
    trial.add("1 qid:3 0:1:1");
    assertThat(trial.fields()).containsExactly(List.of(0, 1), List.of(1), List.of(0));
    trial.add("1 0:5:1 1:1048577:0.5");
    assertThat(trial.rows().getFirst().inputs()).containsExactly(List.of("5:1.0", "1:0.5"));
    trial.add("1 5:1").add("1 2:5:1").add("1 -1:5:1").add("1 0:5").add("1 0:5:x").add("1 0:5:");
    assertThat(trial.rejections())
        .satisfiesExactly(
            first ->
                assertThat(first).startsWith("0 malformed: a feature is not field:index:value"),
            second ->
                assertThat(second)
                    .startsWith(
                        "1 malformed: a feature is of field 2, but the job names 2, from 0"),
            third -> assertThat(third).startsWith("2 malformed: a feature is not field:index"),
            fourth -> assertThat(fourth).startsWith("3 malformed: a feature is not field:index"),
            fifth -> assertThat(fifth).startsWith("4 not-a-number: the value of a feature"),
            sixth -> assertThat(sixth).startsWith("5 not-a-number: the value of a feature"));
  }

  @Test
  void readsTheFieldsOfCanonicalSamples() {
    SparseFields input = named(List.of("user", "ad"), List.of(List.of("user", "ad")));
    var trial = new Trial(DecoderSpec.avro("single-object", Optional.empty()), mapping(input));
    trial.add(sample(new SparseIds(List.of(5, 6, 7), List.of(), List.of(2, 0, 1))));
    assertThat(trial.fields()).containsExactly(List.of(2, 0, 1));
    trial.add(sample(new SparseIds(List.of(5, 6), List.of(), List.of())));
    trial.add(sample(RejectionsTest.packed(new int[] {5, 6}, 1, 1)));
    trial.add(sample(new SparseIds(List.of(5), List.of(), List.of(3))));
    trial.add(sample(new SparseIds(List.of(5), List.of(), List.of(-1))));
    assertThat(trial.rejections())
        .containsExactly(
            "0 wrong-length: input x has 2 features and the fields of 0, of which the model needs"
                + " each",
            "1 wrong-length: input x has 2 features and the fields of 0, of which the model needs"
                + " each",
            "2 malformed: input x: feature 0 is of field 3, but the job names 3, from 0",
            "3 malformed: input x: feature 0 is of field -1, but the job names 3, from 0");
  }

  private static byte[] sample(Object pairs) {
    return Schemas.message(Sample.newBuilder().setLabel(1.0).setInputs(Map.of("x", pairs)).build());
  }

  @Test
  void asksForFieldsToTellApart() {
    SparseFields unnamed = named(List.of(), List.of());
    assertThatThrownBy(() -> mapping(unnamed))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("is empty, but the model (ffm, or embedding by field)")
        .extracting(fault -> ((InvalidSettingException) fault).key())
        .isEqualTo("inputs.x.sparse.fields");
  }
}
