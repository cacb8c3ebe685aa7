package io.headrace.ingest.decode;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.ingest.RecordChunk.Fault;
import io.headrace.ingest.RejectionReason;
import io.headrace.ingest.text.ByteScan;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes lines of LIBSVM's format: {@code label index:value index:value ... # comment}. An index
 * is the feature's id, cut to the bits of the input; features of value 0 are left out, and so is
 * {@code qid:number}. Where the model tells fields apart, features are {@code field:index:value},
 * as LIBFFM has them. Not thread-safe.
 */
final class LibsvmDecoder extends EachRecord {
  private static final int LARGEST_INDEX_DIGITS = 10;

  private final NumberScan number = new NumberScan();
  private final int[] masks;
  private final int fields;
  private byte[] bytes = {};
  private int start;
  private int end;
  private int at;

  /**
   * @throws InvalidSettingException if the mapping asks for what such lines do not have
   */
  LibsvmDecoder(SampleMapping mapping, SampleRow row) {
    super(row);
    if (!List.of("", "label").contains(mapping.label().field())
        || mapping.weightField().isPresent()
        || mapping.eventTimeField().isPresent()) {
      throw new InvalidSettingException(
          "format",
          "libsvm lines have a label, called label, no weight and no time. Remove field from label,"
              + " and weight and event-time.");
    }
    List<InputMapping.SparseFields> inputs =
        mapping.inputs().stream().map(LibsvmDecoder::sparse).toList();
    masks = inputs.stream().mapToInt(input -> (int) ((1L << input.bits()) - 1)).toArray();
    fields = inputs.stream().mapToInt(input -> input.spec().fields()).max().orElse(0);
  }

  private static InputMapping.SparseFields sparse(InputMapping input) {
    if (input instanceof InputMapping.SparseFields sparse
        && sparse.fields().isEmpty() != sparse.byField()
        && sparse.names().equals(sparse.fields())
        && sparse.cross().isEmpty()) {
      return sparse;
    }
    throw new InvalidSettingException(
        "format",
        ("libsvm lines have features by number and no names: write %s as sparse: {bits: 18}, without"
                + " cross, and with fields only for a model that tells them apart (ffm, embedding by"
                + " field), whose lines have field:index:value.")
            .formatted(input.name()));
  }

  @Override
  @Nullable Fault read(byte[] from, int first, int to) {
    bytes = from;
    start = first;
    end = ByteScan.find(from, first, to, '#');
    at = pastBlanks(first);
    int word = at;
    at = pastWord(word);
    if (word == at) {
      return malformed("the line has neither label nor features", first);
    }
    if (ByteScan.find(bytes, word, at, ':') == at) {
      row.values().wholeOrUntyped(FieldTable.LABEL, bytes, word, at - word);
    } else {
      at = word; // a line without a label, to be predicted
    }
    Fault fault = null;
    for (at = pastBlanks(at); at < end && fault == null; at = pastBlanks(at)) {
      fault = readPair();
    }
    return fault;
  }

  private @Nullable Fault readPair() {
    int from = at;
    long field = fields == 0 ? 0 : readWhole();
    long index = readWhole();
    if (field < 0 || index < 0) {
      at = pastWord(from);
      return isQueryId(from)
          ? null
          : malformed(
              (fields == 0 ? "a feature is not index:value" : "a feature is not field:index:value")
                  + ", with an index up to 2147483647",
              from);
    }
    double value = readValue(at);
    float rounded = (float) value;
    if (!Float.isFinite(rounded)) {
      return new Fault(
          RejectionReason.NOT_A_NUMBER,
          "the value of a feature is no finite 32-bit float: " + shown(from));
    }
    if (fields > 0 && field >= fields) {
      return malformed(
          "a feature is of field %d, but the job names %d, from 0".formatted(field, fields), from);
    }
    if (rounded != 0) {
      for (int i = 0; i < masks.length; i++) {
        row.sparse(i).add((int) index & masks[i], rounded, (int) field);
      }
    }
    return null;
  }

  /** The whole number that a colon ends, and passes over both; negative if there is none. */
  private long readWhole() {
    int from = at;
    long number = 0;
    while (at < end && bytes[at] >= '0' && bytes[at] <= '9' && at - from < LARGEST_INDEX_DIGITS) {
      number = 10 * number + bytes[at++] - '0';
    }
    if (at == from || at == end || bytes[at] != ':' || number > Integer.MAX_VALUE) {
      return -1;
    }
    at++;
    return number;
  }

  /** The number up to the next blank, and passes over it; NaN if there is none. */
  private double readValue(int from) {
    double value = number.read(bytes, from, end);
    at = number.end();
    if (!Double.isNaN(value) && (at == end || isBlank(bytes[at]))) {
      return value;
    }
    at = pastWord(from);
    return NumberText.parse(bytes, from, at - from);
  }

  private boolean isQueryId(int from) {
    return at - from > 4
        && bytes[from] == 'q'
        && bytes[from + 1] == 'i'
        && bytes[from + 2] == 'd'
        && bytes[from + 3] == ':';
  }

  private int pastBlanks(int from) {
    int i = from;
    while (i < end && isBlank(bytes[i])) {
      i++;
    }
    return i;
  }

  private int pastWord(int from) {
    int i = from;
    while (i < end && !isBlank(bytes[i])) {
      i++;
    }
    return i;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  private Fault malformed(String problem, int from) {
    return new Fault(RejectionReason.MALFORMED, problem + ": " + shown(from));
  }

  private String shown(int from) {
    return TextPlace.show(bytes, start, from, end);
  }
}
