package io.headrace.sink.checkpoint;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** Which checkpoints stay where only some are wanted. Stateless. */
public final class Retention {
  private Retention() {}

  /**
   * The newest few, the best, and those that are wanted; what these build on; and the whole one
   * before the newest base, so that not everything hangs on one file.
   *
   * @param names all that are stored, oldest first
   * @param keep how many of the newest, the best not counted
   * @param wanted others, whether stored or not
   * @param base what a checkpoint builds on
   */
  public static Set<String> kept(
      List<String> names,
      int keep,
      Optional<String> best,
      Collection<String> wanted,
      Function<String, Optional<String>> base) {
    List<String> others = names.stream().filter(name -> !best.equals(Optional.of(name))).toList();
    var kept = new HashSet<>(others.subList(Math.max(0, others.size() - keep), others.size()));
    best.ifPresent(kept::add);
    names.stream().filter(wanted::contains).forEach(kept::add);
    var bases = new TreeSet<String>();
    kept.forEach(name -> base.apply(name).ifPresent(bases::add));
    kept.addAll(bases);
    if (!bases.isEmpty()) {
      names.reversed().stream()
          .dropWhile(name -> !name.equals(bases.last()))
          .skip(1)
          .filter(name -> base.apply(name).isEmpty())
          .findFirst()
          .ifPresent(kept::add);
    }
    return kept;
  }
}
