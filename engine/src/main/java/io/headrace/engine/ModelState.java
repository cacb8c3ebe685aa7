package io.headrace.engine;

import io.headrace.engine.layer.Parameter;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.optimizer.ParameterBlock;
import io.headrace.engine.state.TensorType;
import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A model's parameters and optimizer slots as named tensors without padding: {@code
 * model.0.dense.weight}, {@code optimizer.mean.0.dense.weight}.
 */
record ModelState(Model model) {
  private static final String STATE = "state.";
  private static final long DIGEST_FLOATS = 1 << 16;

  /**
   * Saves everything as it is now: parameters and slots little by little.
   *
   * @param stages whether steps put aside what they change, where the copy lies in files
   */
  GradualCopy copy(SnapshotMemory to, boolean stages) {
    ParameterBlock block = model.updates().block();
    List<MemorySegment> vectors = new ArrayList<>();
    vectors.add(block.values());
    vectors.addAll(block.slots());
    long size = model.parameters().size();
    List<List<CopyPlace>> places = places(to);
    Optional<StagedPages> staged = stages ? to.staged(vectors.size(), size) : Optional.empty();
    var copy =
        new GradualCopy(
            model.updates().kernels(), model.parameters().all(), size, vectors, places, staged);
    finishWith(copy, to);
    return copy;
  }

  /** The same of parameters and slots as they were made, of which zeros need no copying. */
  GradualCopy copyUntouched(SnapshotMemory to) {
    GradualCopy copy = copy(to, false);
    if (model.isMadeOfZeros() && copy.startsBlank()) {
      copy.skipAll();
    }
    return copy;
  }

  /** The same without slots, unless weights are late, which catch up by them. */
  GradualCopy copyWeights(SnapshotMemory to) {
    if (model.updates().catchUp().isPresent()) {
      return copy(to, false);
    }
    List<MemorySegment> values = List.of(model.parameters().values());
    var copy =
        new GradualCopy(
            model.updates().kernels(),
            model.parameters().all(),
            model.parameters().size(),
            values,
            List.of(weightPlaces(to)),
            Optional.empty());
    finishWith(copy, to);
    return copy;
  }

  private void finishWith(GradualCopy copy, SnapshotMemory to) {
    model.states().forEach((name, state) -> state.save(to.within(STATE + name)));
    CaughtUp.save(model, to);
    model.updates().add(copy);
  }

  /** Memory for each parameter, and for each of its slots. */
  private List<List<CopyPlace>> places(SnapshotMemory in) {
    List<List<CopyPlace>> places = new ArrayList<>();
    places.add(weightPlaces(in));
    for (String slot : model.updates().optimizer().slots()) {
      places.add(places(in, parameter -> slotName(slot, parameter)));
    }
    return places;
  }

  private List<CopyPlace> weightPlaces(SnapshotMemory in) {
    return places(in, parameter -> "model." + parameter.name());
  }

  private List<CopyPlace> places(SnapshotMemory in, Function<Parameter, String> name) {
    return model.parameters().all().stream()
        .map(
            parameter ->
                in.place(
                    name.apply(parameter), TensorType.F32, shape(parameter), parameter.table()))
        .toList();
  }

  /** Has the memory that {@link #copy} needs allocated now, in place of what was in it. */
  void reserve(SnapshotMemory in) {
    in.clear();
    places(in);
    in.forgetUnwritten();
  }

  void restore(CheckpointReader from) {
    model.updates().finishCopies();
    ParameterBlock block = model.updates().block();
    List<String> slots = model.updates().optimizer().slots();
    for (Parameter parameter : model.parameters().all()) {
      restore(from, "model." + parameter.name(), parameter, block.values());
      for (int i = 0; i < slots.size(); i++) {
        restore(from, slotName(slots.get(i), parameter), parameter, block.slots().get(i));
      }
    }
    model.states().forEach((name, state) -> state.restore(from.within(STATE + name)));
    CaughtUp.restore(model.updates(), from);
    model.derive();
  }

  /** Takes the weights that another instance of the same model had, without its slots. */
  void takeWeights(CheckpointReader from) {
    Optional<CaughtUp> late = CaughtUp.of(from);
    for (Parameter parameter : model.parameters().all()) {
      Optional<Integer> width = late.flatMap(tables -> tables.width(parameter.name()));
      if (width.isPresent()) {
        late.get().forEach(parameter.name(), rows(parameter, width.get()));
      } else {
        restore(from, "model." + parameter.name(), parameter, model.parameters().values());
      }
    }
    model.states().forEach((name, state) -> state.restore(from.within(STATE + name)));
    model.derive();
  }

  private static CaughtUp.Rows rows(Parameter parameter, int width) {
    long stride = parameter.rowStride(width);
    return (first, count, floats) ->
        Floats.copyRows(
            floats,
            0,
            width,
            parameter.values(),
            parameter.offset() + first * stride,
            stride,
            count,
            width);
  }

  /** SHA-256 of the parameters' bytes in layer order. */
  String sha256() {
    MessageDigest digest = digest();
    for (Parameter parameter : model.parameters().all()) {
      long columns = parameter.columns();
      long rowsAtOnce = Math.max(1, DIGEST_FLOATS / columns);
      MemorySegment part = Floats.allocate(Math.min(rowsAtOnce, parameter.rows()) * columns);
      for (long row = 0; row < parameter.rows(); row += rowsAtOnce) {
        long rows = Math.min(rowsAtOnce, parameter.rows() - row);
        long at = parameter.offset() + row * parameter.stride();
        copyOut(parameter, at, rows, part);
        digest.update(part.asSlice(0, rows * columns * Float.BYTES).asByteBuffer());
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private void copyOut(Parameter parameter, long at, long rows, MemorySegment to) {
    long columns = parameter.columns();
    long stride = parameter.stride();
    if (columns == 1 && stride > 1) { // a table, most of what there is
      model.updates().kernels().copyApart(rows, parameter.values(), at, stride, to, 0, false);
    } else {
      Floats.copyRows(parameter.values(), at, stride, to, 0, columns, rows, columns);
    }
  }

  private static String slotName(String slot, Parameter parameter) {
    return "optimizer." + slot + "." + parameter.name();
  }

  private static void restore(
      CheckpointReader from, String name, Parameter parameter, MemorySegment vector) {
    put(from.data(name, TensorType.F32, shape(parameter)), parameter, vector);
  }

  /** Writes floats that lie without padding to where they belong in a vector. */
  private static void put(MemorySegment saved, Parameter parameter, MemorySegment vector) {
    long columns = parameter.columns();
    long stride = parameter.stride();
    if (columns == 1 && stride > 1) {
      Floats.copyChanged(saved, 0, 1, vector, parameter.offset(), stride, parameter.rows());
    } else if (stride == columns) {
      Floats.copyChanged(saved, 0, vector, parameter.offset(), parameter.count());
    } else {
      Floats.copyRows(
          saved, 0, columns, vector, parameter.offset(), stride, parameter.rows(), columns);
    }
  }

  private static long[] shape(Parameter parameter) {
    return parameter.shape().stream().mapToLong(Long::longValue).toArray();
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
