package io.headrace.ingest.decode;

import io.headrace.engine.config.Setting;
import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.sample.SampleSchema;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which fields of a record become label, weight, event time and inputs of a sample. Immutable.
 * Fields of nested records are named with dots: {@code trip.origin}.
 *
 * @param weightField a number of at least 0; samples weigh 1 without it
 * @param eventTimeField when the sample came to be: milliseconds since 1970, an Avro timestamp or
 *     date, or text such as 2026-01-31T12:00:00Z; without it the source's time stands
 * @param inputs one or several, in the order of the sample block's columns
 */
public record SampleMapping(
    LabelMapping label,
    Optional<String> weightField,
    Optional<String> eventTimeField,
    List<InputMapping> inputs) {

  /** {@code weight} beside {@code label} and {@code inputs} in a job file. */
  public static final Setting<String> WEIGHT =
      Setting.text("weight", "Name of the field with each sample's weight, a number of at least 0.")
          .absentByDefault();

  /** {@code event-time} beside {@code label} and {@code inputs} in a job file. */
  public static final Setting<String> EVENT_TIME =
      Setting.text(
              "event-time",
              "Name of the field with each sample's time: milliseconds since 1970 or ISO 8601 text.")
          .absentByDefault();

  public SampleMapping {
    inputs = List.copyOf(inputs);
  }

  /**
   * The same mapping for records to predict for: without a label, which reads as 0, and with the
   * weight of 1 and no time, for neither matters.
   */
  public SampleMapping withoutLabel() {
    return new SampleMapping(
        new LabelMapping("", label.spec()), Optional.empty(), Optional.empty(), inputs);
  }

  /** The same mapping with other inputs. */
  SampleMapping withInputs(List<InputMapping> others) {
    return new SampleMapping(label, weightField, eventTimeField, others);
  }

  /**
   * The same mapping, the sparse inputs of those names with the field of each pair.
   *
   * @throws InvalidSettingException if one of them names no fields
   */
  public SampleMapping withFieldsOf(Set<String> names) {
    return withInputs(inputs.stream().map(input -> withFieldsOf(input, names)).toList());
  }

  private static InputMapping withFieldsOf(InputMapping input, Set<String> names) {
    return input instanceof InputMapping.SparseFields sparse && names.contains(input.name())
        ? sparse.withFields()
        : input;
  }

  /** What the samples look like. */
  public SampleSchema schema() {
    return new SampleSchema(
        inputs.stream().map(input -> new SampleSchema.Input(input.name(), input.spec())).toList(),
        label.spec());
  }
}
