package io.headrace.engine.sample;

import java.util.List;

/** What a sample's label is. */
public sealed interface LabelSpec {

  /** One of several named classes; the label column holds the class's index in {@code names}. */
  record Classes(List<String> names) implements LabelSpec {
    public Classes {
      names = List.copyOf(names);
    }
  }

  /** A finite number. */
  record Numeric() implements LabelSpec {}

  /** A finite number of at least 0. */
  record Count() implements LabelSpec {}
}
