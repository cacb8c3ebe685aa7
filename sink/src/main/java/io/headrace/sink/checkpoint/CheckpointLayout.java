package io.headrace.sink.checkpoint;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.state.Tensor;
import io.headrace.engine.state.TensorType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What of a checkpoint goes into its file: small tensors whole, of large ones the pages that are
 * not zeros or, in a file that builds on another, those that differ from the other's.
 *
 * @param parts in the order of the file: wide elements first, so that all are aligned
 * @param paged shapes of the tensors of which there are pages, by name
 * @param base what it builds on
 */
record CheckpointLayout(
    Checkpoint checkpoint,
    List<FilePart> parts,
    Map<String, List<Long>> paged,
    Optional<Base> base) {
  /** Behind the name of a tensor in pages: the tensor of the pages' numbers. */
  static final String NUMBERS = ".page-numbers";

  private static final Comparator<FilePart> WIDE_FIRST =
      Comparator.comparingInt(part -> -part.type().bytes());

  /** Fewer pages than one in so many left out are not worth a form that few programs read. */
  private static final int SPARED_PART = 8;

  CheckpointLayout {
    parts =
        parts.stream()
            .sorted(WIDE_FIRST.thenComparing(Comparator.comparing(FilePart::name)))
            .toList();
  }

  /**
   * A file that others can build on.
   *
   * @param headerSha256 tells it from every other
   * @param hashes of the pages of its large tensors, by name
   */
  record Base(String name, String headerSha256, Map<String, long[]> hashes) {}

  /** All tensors whole, as every program that knows safetensors reads them. */
  static CheckpointLayout plain(Checkpoint checkpoint) {
    List<FilePart> parts = new ArrayList<>();
    checkpoint.tensors().forEach((name, tensor) -> parts.add(FilePart.whole(name, tensor)));
    return new CheckpointLayout(checkpoint, parts, Map.of(), Optional.empty());
  }

  /** Hashes of the pages of the large tensors. */
  static Map<String, long[]> hashes(Checkpoint checkpoint) {
    var hashes = new TreeMap<String, long[]>();
    checkpoint
        .tensors()
        .forEach(
            (name, tensor) -> {
              if (tensor.data().byteSize() >= Pages.LARGE_BYTES) {
                hashes.put(name, Pages.hashes(tensor.data()));
              }
            });
    return hashes;
  }

  /** Everything but pages of zeros, where that spares enough. */
  static CheckpointLayout whole(Checkpoint checkpoint, Map<String, long[]> hashes) {
    List<FilePart> parts = new ArrayList<>();
    var paged = new TreeMap<String, List<Long>>();
    checkpoint
        .tensors()
        .forEach(
            (name, tensor) -> {
              long[] now = hashes.getOrDefault(name, new long[0]);
              int[] changed = Pages.changed(new long[0], now);
              if (now.length - changed.length > now.length / SPARED_PART) {
                paged.put(name, tensor.shape());
                addPages(name, tensor, changed, parts);
              } else {
                parts.add(FilePart.whole(name, tensor));
              }
            });
    return new CheckpointLayout(checkpoint, parts, paged, Optional.empty());
  }

  /** What differs from {@code base}; empty if its large tensors are not of the same lengths. */
  static Optional<CheckpointLayout> on(
      Base base, Checkpoint checkpoint, Map<String, long[]> hashes) {
    List<FilePart> parts = new ArrayList<>();
    var paged = new TreeMap<String, List<Long>>();
    for (var entry : checkpoint.tensors().entrySet()) {
      String name = entry.getKey();
      Tensor tensor = entry.getValue();
      long[] now = hashes.get(name);
      if (now == null) {
        parts.add(FilePart.whole(name, tensor));
        continue;
      }
      long[] before = base.hashes().get(name);
      if (before == null || before.length != now.length) {
        return Optional.empty();
      }
      paged.put(name, tensor.shape());
      addPages(name, tensor, Pages.changed(before, now), parts);
    }
    return Optional.of(new CheckpointLayout(checkpoint, parts, paged, Optional.of(base)));
  }

  private static void addPages(String name, Tensor tensor, int[] numbers, List<FilePart> to) {
    TensorType type = tensor.type();
    long count = numbers.length;
    to.add(
        new FilePart(
            name,
            type,
            List.of(count, (long) Pages.BYTES / type.bytes()),
            () -> Pages.of(tensor.data(), numbers)));
    to.add(
        new FilePart(
            name + NUMBERS, TensorType.I32, List.of(count), () -> Stream.of(Pages.bytes(numbers))));
  }

  /** Bytes of all parts. */
  long bytes() {
    return parts.stream().mapToLong(FilePart::bytes).sum();
  }
}
