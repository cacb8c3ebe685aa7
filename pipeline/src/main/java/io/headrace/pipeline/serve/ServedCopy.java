package io.headrace.pipeline.serve;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.Predictor;
import io.headrace.engine.WeightsCopy;
import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.RejectionReason;
import io.headrace.ingest.SampleDecoder;
import io.headrace.ingest.push.BodyRecords.Form;
import io.headrace.ingest.push.PushOutcome.Reason;
import io.headrace.pipeline.transform.Transform;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * One state of the model, with all that is needed to predict by it. Whoever takes or predicts holds
 * {@link #lock}.
 */
final class ServedCopy {
  private static final int FIRST_ROWS = 16;
  private static final int MOST_ROWS = 1 << 16;
  private static final long MOST_BYTES = 256 << 20;

  final ReentrantLock lock = new ReentrantLock();
  private final ServedParts parts;
  private final Predictor predictor;
  private final Function<Form, SampleDecoder> makeDecoder;
  private final Map<Form, SampleDecoder> decoders = new EnumMap<>(Form.class);
  private final int mostRows;
  private SampleBlock rows;
  private MemorySegment outputs;
  private int[] tokens = {};
  private long step;
  private Ledger ledger = Ledger.EMPTY;

  ServedCopy(ServedParts parts) {
    this.parts = parts;
    predictor = new Predictor(parts.spec());
    makeDecoder = parts.decoders().apply(() -> tokens);
    rows = new SampleBlock(parts.schema(), FIRST_ROWS);
    outputs = Floats.allocate((long) FIRST_ROWS * predictor.outputWidth());
    mostRows = mostRows(parts.schema(), predictor.outputWidth());
  }

  /** A body of empty records has very many of them, and each takes the room of a whole one. */
  private static int mostRows(SampleSchema schema, int outputs) {
    long floats = outputs;
    for (SampleSchema.Input input : schema.inputs()) {
      floats +=
          switch (input.spec()) {
            case InputSpec.Dense dense -> dense.elements();
            case InputSpec.Tokens tokens -> tokens.maxLength();
            case InputSpec.Sparse _ -> 1; // such rows take what they have
          };
    }
    return Math.clamp(MOST_BYTES / (Float.BYTES * floats), FIRST_ROWS, MOST_ROWS);
  }

  /** Becomes the state that {@code weights} is a copy of, when vocabularies had so many tokens. */
  void take(WeightsCopy weights, int[] sizes) {
    predictor.take(weights);
    tokens = sizes;
    step = weights.step();
    ledger = weights.ledger();
  }

  /** Becomes the state that {@code checkpoint} has, when vocabularies had so many tokens. */
  void take(Checkpoint checkpoint, int[] sizes) {
    predictor.take(checkpoint);
    tokens = sizes;
    step = checkpoint.step();
    ledger = checkpoint.ledger();
  }

  Prediction predict(Form form, List<RecordChunk> chunks) {
    SampleDecoder decoder;
    try {
      decoder = decoders.computeIfAbsent(form, makeDecoder);
    } catch (InvalidSettingException e) {
      return new Prediction.Refused(
          Reason.OTHER_FORMAT, "This job does not fit that format: " + e.getMessage());
    }
    int count = chunks.stream().mapToInt(RecordChunk::count).sum();
    if (count > mostRows) {
      return new Prediction.Refused(
          Reason.TOO_LARGE,
          "%d records are too many for one request, %d may be in it. Ask in parts."
              .formatted(count, mostRows));
    }
    int width = predictor.outputWidth();
    float[] all = new float[count * width];
    Arrays.fill(all, Float.NaN);
    var faults = new RowFaults(count);
    for (RecordChunk chunk : chunks) {
      makeRoom(chunk.count());
      rows.start(chunk.partition(), chunk.firstPosition());
      decoder.decode(
          chunk,
          rows,
          (of, record, reason, detail) ->
              faults.add(of.position(record < 0 ? -1 - record : record), reason, detail));
      if (faults.isEmpty()) {
        predict(all);
      }
    }
    return faults.isEmpty()
        ? new Prediction.Made(step, ledger.trained(), ledger.positions().next(), count, width, all)
        : new Prediction.Refused(Reason.UNREADABLE, faults.text());
  }

  private void predict(float[] all) {
    for (Transform transform : parts.transforms()) {
      transform.apply(rows);
    }
    predictor.predict(rows, outputs);
    int width = predictor.outputWidth();
    for (int row = 0; row < rows.size(); row++) {
      int to = (int) rows.positions()[row] * width;
      for (int i = 0; i < width; i++) {
        all[to + i] = Floats.read(outputs, (long) row * width + i);
      }
    }
  }

  private void makeRoom(int count) {
    if (count > rows.capacity()) {
      rows = new SampleBlock(parts.schema(), count);
      outputs = Floats.allocate((long) count * predictor.outputWidth());
    }
  }

  /** What is wrong with rows, the first of them in words. */
  private static final class RowFaults {
    private static final int TOLD = 10;

    private final StringBuilder text = new StringBuilder();
    private final int rows;
    private int count;

    RowFaults(int rows) {
      this.rows = rows;
    }

    boolean isEmpty() {
      return count == 0;
    }

    void add(long row, RejectionReason reason, String detail) {
      if (count++ < TOLD) {
        text.append("Row %d: %s (%s). ".formatted(row, detail, reason.code()));
      }
    }

    String text() {
      return text
          + "Nothing was predicted: %d of %d rows %s bad."
              .formatted(count, rows, count == 1 ? "is" : "are");
    }
  }
}
