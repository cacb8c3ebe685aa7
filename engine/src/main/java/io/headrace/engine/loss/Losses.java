package io.headrace.engine.loss;

import io.headrace.engine.config.Variant;
import io.headrace.engine.config.Variants;
import io.headrace.engine.sample.LabelSpec;
import java.util.List;

/** Every loss that a job file can name. */
public final class Losses {
  private static final Variants<Loss> VARIANTS =
      new Variants<>(
          "loss",
          List.of(
              new Variant<Loss>(
                  "logistic",
                  "Binary cross-entropy of one score z and a label y of two classes, 0 and 1:"
                      + " log(1 + exp(z)) - y z; predicts the probability of class 1.",
                  List.of(),
                  settings -> new LogisticLoss()),
              new Variant<Loss>(
                  "softmax",
                  "Cross-entropy of one score a class, -log p_y with p = softmax(z); predicts the"
                      + " probability of every class.",
                  List.of(),
                  settings -> new SoftmaxLoss()),
              new Variant<Loss>(
                  "squared",
                  "Squared error (z - y)^2 of one score and a number; predicts the number.",
                  List.of(),
                  settings -> new SquaredLoss())));

  private Losses() {}

  public static Variants<Loss> variants() {
    return VARIANTS;
  }

  static String describe(LabelSpec label) {
    return switch (label) {
      case LabelSpec.Numeric() -> "a number";
      case LabelSpec.Classes(List<String> names) -> names.size() + " classes " + names;
    };
  }
}
