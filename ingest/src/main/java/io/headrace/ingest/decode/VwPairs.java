package io.headrace.ingest.decode;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.sample.SparseColumn;
import io.headrace.ingest.RecordChunk.Fault;
import io.headrace.ingest.RejectionReason;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which features of a line become pairs of one sparse input: those of the namespaces that it names
 * as its fields, or all, and the products of those that it crosses. Immutable.
 */
final class VwPairs {
  /** Products of one line: short lines could ask for more than fit into the memory. */
  private static final long MOST_PRODUCTS = 1 << 20;

  private final InputMapping.SparseFields mapping;
  private final int mask;
  private final boolean all;
  private final int[] fields;
  private final int[][] crosses;

  private VwPairs(InputMapping.SparseFields mapping, List<String> namespaces) {
    this.mapping = mapping;
    mask = (int) ((1L << mapping.bits()) - 1);
    all = mapping.fields().isEmpty();
    fields = namespaces.stream().mapToInt(mapping.fields()::indexOf).toArray();
    crosses =
        mapping.cross().stream()
            .map(group -> group.stream().mapToInt(namespaces::indexOf).toArray())
            .toArray(int[][]::new);
  }

  /** The namespaces that a mapping names, each once. */
  static List<String> namespaces(SampleMapping mapping) {
    var names = new TreeSet<String>();
    for (InputMapping input : mapping.inputs()) {
      if (input instanceof InputMapping.SparseFields sparse) {
        names.addAll(sparse.fields());
      }
    }
    return List.copyOf(names);
  }

  /**
   * One for each input of a mapping.
   *
   * @param namespaces as {@link VwLine} numbers them
   * @throws InvalidSettingException if the mapping asks for what such lines do not have
   */
  static VwPairs[] of(SampleMapping mapping, List<String> namespaces) {
    if (!List.of("", "label").contains(mapping.label().field())
        || mapping.weightField().isPresent()
        || mapping.eventTimeField().isPresent()) {
      throw new InvalidSettingException(
          "format",
          "vw lines have a label, called label, an importance that is always the weight, and no time."
              + " Remove field from label, and weight and event-time.");
    }
    return mapping.inputs().stream()
        .map(input -> new VwPairs(sparse(input), namespaces))
        .toArray(VwPairs[]::new);
  }

  private static InputMapping.SparseFields sparse(InputMapping input) {
    if (!(input instanceof InputMapping.SparseFields sparse)) {
      throw new InvalidSettingException(
          "format",
          "vw lines have features with names. Take them with sparse inputs, not as %s is."
              .formatted(input.name()));
    }
    if (!sparse.categorical().isEmpty() || !sparse.scale().isEmpty()) {
      throw new InvalidSettingException(
          "format",
          "vw lines say themselves what is a number and how a namespace is scaled (|user:0.5)."
              + " Remove categorical and scale of %s.".formatted(sparse.name()));
    }
    return sparse;
  }

  /** Whether these are all features as they are. */
  boolean takesAll() {
    return all && crosses.length == 0 && !mapping.byField();
  }

  /** Cuts a hash to the bits of the input. */
  int mask() {
    return mask;
  }

  /** Writes the pairs of the line last read; returns what is wrong with them, or null. */
  @Nullable Fault write(VwLine line, SparseColumn to) {
    if (all) {
      line.addAll(mask, to);
    } else {
      addTaken(line, to);
    }
    for (int i = 0; i < crosses.length; i++) {
      int[] group = crosses[i];
      if (products(line, group) > MOST_PRODUCTS) {
        return new Fault(
            RejectionReason.TOO_LARGE,
            "%s: a cross of this line has more than %,d products"
                .formatted(mapping.name(), MOST_PRODUCTS));
      }
      if (!cross(line, group, mapping.fields().size() + i, 0, 0, 0, 1, to)) {
        return new Fault(
            RejectionReason.NOT_A_NUMBER, mapping.name() + ": a product is no finite float");
      }
    }
    return null;
  }

  private void addTaken(VwLine line, SparseColumn to) {
    for (int i = 0; i < line.features(); i++) {
      int namespace = line.namespace(i);
      if (namespace >= 0 && fields[namespace] >= 0) {
        to.add(line.hash(i) & mask, line.value(i), fields[namespace]);
      }
    }
  }

  /** How many products a cross has, as a number that cannot overflow. */
  private static double products(VwLine line, int[] group) {
    double products = 1;
    for (int member : group) {
      int features = 0;
      for (int i = 0; i < line.features(); i++) {
        features += line.namespace(i) == member ? 1 : 0;
      }
      products *= features;
    }
    return products;
  }

  /**
   * Adds the products of a group. Of a namespace that stands in it twice, one behind the other,
   * each pair of features is taken once, as Vowpal Wabbit does; so is each feature with itself.
   *
   * @param from first feature to look at
   */
  private boolean cross(
      VwLine line,
      int[] group,
      int field,
      int member,
      int from,
      int hash,
      float value,
      SparseColumn to) {
    if (member == group.length) {
      to.add(hash & mask, value, field);
      return Float.isFinite(value);
    }
    boolean finite = true;
    for (int i = from; i < line.features() && finite; i++) {
      if (line.namespace(i) == group[member]) {
        int combined = Murmur3.cross(hash, line.hash(i));
        boolean again = member + 1 < group.length && group[member + 1] == group[member];
        float product = value * line.value(i);
        finite = cross(line, group, field, member + 1, again ? i : 0, combined, product, to);
      }
    }
    return finite;
  }
}
