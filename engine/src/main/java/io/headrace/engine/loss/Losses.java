package io.headrace.engine.loss;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import io.headrace.engine.config.Variant;
import io.headrace.engine.config.Variants;
import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.sample.LabelSpec;
import java.util.List;

/** Every loss that a job file can name. */
public final class Losses {
  private static final double LEAST_WEIGHT = 1e-6;
  private static final double MOST_WEIGHT = 1e6;

  private static final Setting<Double> POSITIVE_WEIGHT =
      Setting.number(
              "positive-weight",
              LEAST_WEIGHT,
              MOST_WEIGHT,
              "What a sample of the second class counts; one of the first counts 1.")
          .orElse(1.0);
  private static final Setting<Double> LABEL_SMOOTHING =
      Setting.number(
              "label-smoothing",
              0,
              0.999,
              "Part of the target that is spread over all classes alike.")
          .orElse(0.0);
  private static final Setting<List<Double>> CLASS_WEIGHTS =
      Setting.numbers(
              "class-weights",
              LEAST_WEIGHT,
              MOST_WEIGHT,
              "What a sample of each class counts, in the order of the label's classes; without it,"
                  + " 1 each.")
          .absentByDefault();
  private static final Setting<Double> DELTA =
      Setting.number("delta", 1e-6, 1e6, "Error beyond which the loss grows straight, not squared.")
          .orElse(1.0);

  private static final Setting<Double> TAU =
      Setting.number(
              "tau", 1e-6, 1 - 1e-6, "Part of the labels below the prediction; 0.5 is the median.")
          .orElse(0.5);

  private static final Variants<Loss> VARIANTS =
      new Variants<>(
          "loss",
          List.of(
              new Variant<Loss>(
                  "logistic",
                  "Binary cross-entropy of one score z and a label y of two classes, 0 and 1:"
                      + " log(1 + exp(z)) - y z; predicts the probability of class 1.",
                  List.of(POSITIVE_WEIGHT),
                  settings -> new LogisticLoss(settings.value(POSITIVE_WEIGHT))),
              new Variant<Loss>(
                  "softmax",
                  "Cross-entropy of one score a class, -log p_y with p = softmax(z); predicts the"
                      + " probability of every class. Label smoothing: Szegedy et al., 2016,"
                      + " section 7.",
                  List.of(LABEL_SMOOTHING, CLASS_WEIGHTS),
                  Losses::softmax),
              new Variant<Loss>(
                  "hinge",
                  "Hinge loss (Cortes and Vapnik, 1995) of one score z and a label of two classes,"
                      + " s = -1 and s = 1: max(0, 1 - s z). Its output, 1 / (1 + exp(-z)), is in"
                      + " the order of z, but no probability.",
                  List.of(),
                  settings -> new HingeLoss()),
              new Variant<Loss>(
                  "squared",
                  "Squared error (z - y)^2 of one score and a number; predicts the number.",
                  List.of(),
                  settings -> new SquaredLoss()),
              new Variant<Loss>(
                  "huber",
                  "Huber's loss (1964) of one score and a number, e = z - y: e^2 / 2 up to delta,"
                      + " delta (|e| - delta / 2) beyond; predicts the number, with little heed to"
                      + " outliers.",
                  List.of(DELTA),
                  settings -> new HuberLoss(settings.value(DELTA))),
              new Variant<Loss>(
                  "quantile",
                  "Pinball loss (Koenker and Bassett, 1978) of one score and a number: tau (y - z)"
                      + " below it, (1 - tau) (z - y) above; predicts the number that a part tau"
                      + " of labels stays below.",
                  List.of(TAU),
                  settings -> new QuantileLoss(settings.value(TAU))),
              new Variant<Loss>(
                  "poisson",
                  "Half the Poisson deviance (McCullagh and Nelder, 1989) of one score z and a"
                      + " count y: exp(z) - y z + y log y - y; predicts exp(z).",
                  List.of(),
                  settings -> new PoissonLoss())));

  private Losses() {}

  public static Variants<Loss> variants() {
    return VARIANTS;
  }

  private static Loss softmax(Settings settings) {
    return new SoftmaxLoss(
        settings.value(LABEL_SMOOTHING),
        new ClassWeights(settings.optional(CLASS_WEIGHTS).orElse(List.of())));
  }

  static int oneUnitForTwoClasses(String loss, LabelSpec label) {
    if (label instanceof LabelSpec.Classes classes && classes.names().size() == 2) {
      return 1;
    }
    throw new InvalidSettingException(
        "loss",
        loss
            + " needs a label of two classes, but the label is "
            + describe(label)
            + ". Use "
            + (label instanceof LabelSpec.Classes ? "softmax." : "squared."));
  }

  static int oneUnitForANumber(String loss, LabelSpec label) {
    if (!(label instanceof LabelSpec.Classes)) {
      return 1;
    }
    throw new InvalidSettingException(
        "loss",
        loss + " needs a number as label, but the label is " + describe(label) + ". Use softmax.");
  }

  static String describe(LabelSpec label) {
    return switch (label) {
      case LabelSpec.Numeric() -> "a number";
      case LabelSpec.Count() -> "a count";
      case LabelSpec.Classes(List<String> names) -> names.size() + " classes " + names;
    };
  }
}
