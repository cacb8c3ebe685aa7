package io.headrace.engine.optimizer;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import io.headrace.engine.config.Variant;
import io.headrace.engine.config.Variants;
import io.headrace.engine.error.InvalidSettingException;
import java.util.List;

/** Every optimizer that a job file can name. */
public final class Optimizers {
  private static final double TINY = 1e-12;
  private static final double BELOW_1 = Math.nextDown(1.0);

  private static final Setting<Double> SGD_RATE = rate(0.05);
  private static final Setting<Double> ADAGRAD_RATE = rate(0.05);
  private static final Setting<Double> ADAM_RATE = rate(0.001);
  private static final Setting<Double> RMSPROP_RATE = rate(0.001);
  private static final Setting<Double> FTRL_RATE = rate(0.05);
  private static final Setting<Double> NORMALIZED_RATE = rate(0.6);
  private static final Setting<Double> COIN_ALPHA =
      Setting.number(
              "alpha", 1, 1e6, "Holds the first bets back; the paper has 100, for deep networks.")
          .orElse(1.0);
  private static final Setting<Double> MOMENTUM =
      Setting.number("momentum", 0, BELOW_1, "Part of the last move that is kept; 0 for none.")
          .orElse(0.0);
  private static final Setting<Boolean> NESTEROV =
      Setting.flag("nesterov", "Whether momentum looks ahead (Nesterov, 1983).").orElse(false);
  private static final Setting<Double> DECAY =
      Setting.number(
              "weight-decay", 0, 1, "L2 penalty: this times the weight is added to its gradient.")
          .orElse(0.0);
  private static final Setting<Double> DECOUPLED_DECAY =
      Setting.number(
              "weight-decay",
              0,
              1,
              "Before a step each weight loses learning-rate times this of itself.")
          .orElse(0.01);
  private static final Setting<Double> SOFT_L1 =
      Setting.number(
              "l1",
              0,
              1e6,
              "L1 penalty: after a step each weight moves by learning-rate times this towards 0,"
                  + " and stays there (Duchi and Singer, 2009).")
          .orElse(0.0);
  private static final Setting<Double> ADAGRAD_L1 =
      Setting.number(
              "l1",
              0,
              1e6,
              "L1 penalty: after a step each weight moves by its own rate times this towards 0, and"
                  + " stays there (the paper's composite mirror descent).")
          .orElse(0.0);
  private static final Setting<Double> KEEP =
      Setting.number("decay", 0, BELOW_1, "Part of the mean square that a step keeps.").orElse(0.9);
  private static final Setting<Double> RMSPROP_EPSILON = epsilon(1e-8);
  private static final Setting<Double> ADAGRAD_EPSILON = epsilon(1e-10);
  private static final Setting<Double> ADAM_EPSILON = epsilon(1e-8);
  private static final Setting<Double> BETA1 =
      Setting.number("beta1", 0, BELOW_1, "Decay of the mean of gradients.").orElse(0.9);
  private static final Setting<Double> BETA2 =
      Setting.number("beta2", 0, BELOW_1, "Decay of the mean of squared gradients.").orElse(0.999);
  private static final Setting<Double> FTRL_BETA =
      Setting.number("beta", 0, 1e6, "Slows the first steps of each weight.").orElse(1.0);
  private static final Setting<Double> L1 =
      Setting.number("l1", 0, 1e6, "L1 penalty: keeps weights of little use at exactly 0.")
          .orElse(0.0);
  private static final Setting<Double> L2 = Setting.number("l2", 0, 1e6, "L2 penalty.").orElse(0.0);

  private static final String EXACT = "exact";
  private static final Setting<String> LAZY =
      Setting.choice(
              "lazy",
              List.of("skip", EXACT),
              "What becomes of the steps from which rows of a sparse input's tables are absent."
                  + " exact: a row that comes back goes through them first, so that decay, penalties"
                  + " and fading memory are those of updates of all rows (Lipton and Elkan, 2015); a"
                  + " float more for each weight. skip: it does not; the default.")
          .absentByDefault();

  private static final Variants<Optimizer> VARIANTS =
      new Variants<>(
          "optimizer",
          List.of(
              new Variant<Optimizer>(
                  "sgd",
                  "Stochastic gradient descent (Robbins and Monro, 1951): v = momentum v + g,"
                      + " w -= rate v.",
                  List.of(SGD_RATE, MOMENTUM, NESTEROV, DECAY, SOFT_L1, LAZY),
                  Optimizers::sgd),
              new Variant<Optimizer>(
                  "adagrad",
                  "AdaGrad (Duchi, Hazan and Singer, 2011): s += g^2,"
                      + " w -= rate g / (sqrt(s) + epsilon).",
                  List.of(ADAGRAD_RATE, ADAGRAD_EPSILON, DECAY, ADAGRAD_L1, LAZY),
                  Optimizers::adagrad),
              new Variant<Optimizer>(
                  "adam",
                  "Adam (Kingma and Ba, 2015, algorithm 1): m = beta1 m + (1 - beta1) g,"
                      + " v = beta2 v + (1 - beta2) g^2, w -= rate m' / (sqrt(v') + epsilon), m'"
                      + " and v' corrected for their start at 0.",
                  List.of(ADAM_RATE, BETA1, BETA2, ADAM_EPSILON, DECAY, SOFT_L1, LAZY),
                  Optimizers::adam),
              new Variant<Optimizer>(
                  "adamw",
                  "AdamW (Loshchilov and Hutter, 2019, algorithm 2): Adam whose weight decay stays"
                      + " out of the gradient: w -= rate weight-decay w.",
                  List.of(ADAM_RATE, BETA1, BETA2, ADAM_EPSILON, DECOUPLED_DECAY, SOFT_L1, LAZY),
                  Optimizers::adamw),
              new Variant<Optimizer>(
                  "rmsprop",
                  "RMSprop (Hinton, lecture 6e of Neural Networks for Machine Learning, 2012): s ="
                      + " decay s + (1 - decay) g^2, v = momentum v + g / (sqrt(s) + epsilon), w -="
                      + " rate v.",
                  List.of(RMSPROP_RATE, KEEP, MOMENTUM, RMSPROP_EPSILON, DECAY, SOFT_L1, LAZY),
                  Optimizers::rmsprop),
              new Variant<Optimizer>(
                  "ftrl",
                  "FTRL-proximal (McMahan et al., 2013, algorithm 1): per-weight rates and exact"
                      + " zeros; for sparse linear models.",
                  List.of(FTRL_RATE, FTRL_BETA, L1, L2),
                  Optimizers::ftrl),
              new Variant<Optimizer>(
                  "normalized",
                  "NAG (Ross, Mineiro and Langford, Normalized Online Learning, 2013, algorithm 2):"
                      + " per-weight rates that heed the scale of each feature, so that none has to"
                      + " be scaled or tuned, with steps that follow the loss's curve, however"
                      + " large a sample's weight (Karampatziakis and Langford, 2011, table 1:"
                      + " logistic, squared, hinge and quantile loss). Needs engine.update: sample"
                      + " and a model of one linear layer over a sparse input.",
                  List.of(NORMALIZED_RATE),
                  settings -> new NormalizedOptimizer(settings.value(NORMALIZED_RATE))),
              new Variant<Optimizer>(
                  "coin",
                  "COCOB (Orabona and Tommasi, Training Deep Networks without Learning Rates"
                      + " Through Coin Betting, 2017, algorithm 2): bets what it has won, and has"
                      + " no learning rate.",
                  List.of(COIN_ALPHA),
                  settings -> new CoinOptimizer(single(settings, COIN_ALPHA)))));

  private Optimizers() {}

  public static Variants<Optimizer> variants() {
    return VARIANTS;
  }

  private static Setting<Double> rate(double usual) {
    return Setting.number("learning-rate", TINY, 1e6, "Size of a step.").orElse(usual);
  }

  private static Setting<Double> epsilon(double usual) {
    return Setting.number("epsilon", TINY, 1, "Added to the root that a step is divided by.")
        .orElse(usual);
  }

  private static Optimizer sgd(Settings settings) {
    float momentum = single(settings, MOMENTUM);
    boolean nesterov = settings.value(NESTEROV);
    if (nesterov && momentum == 0) {
      throw new InvalidSettingException(
          NESTEROV.name(), "true needs a momentum above 0, e.g. momentum: 0.9.");
    }
    double rate = settings.value(SGD_RATE);
    float decay = single(settings, DECAY);
    double l1 = settings.value(SOFT_L1);
    var sgd = new SgdOptimizer(rate, momentum, nesterov, decay);
    Optimizer optimizer = shrinking(sgd, rate, 0, l1);
    if (isSkipping(settings) || (momentum == 0 && decay == 0 && l1 == 0)) {
      return optimizer;
    }
    if (momentum > 0) {
      refuseDecay(settings, "sgd and its momentum", "Set one of them to 0.");
    }
    return lazy(optimizer, sgd.fading(), decay, l1);
  }

  private static Optimizer adagrad(Settings settings) {
    double rate = settings.value(ADAGRAD_RATE);
    float epsilon = single(settings, ADAGRAD_EPSILON);
    float decay = single(settings, DECAY);
    float l1 = single(settings, ADAGRAD_L1);
    var adagrad = new AdagradOptimizer(rate, epsilon, decay, l1);
    if (isSkipping(settings) || (decay == 0 && l1 == 0)) {
      return adagrad;
    }
    return new LazyOptimizer(adagrad, new AdagradIdling(rate, epsilon, decay, l1));
  }

  private static Optimizer adam(Settings settings) {
    double l1 = settings.value(SOFT_L1);
    AdamOptimizer adam = adam(settings, single(settings, DECAY));
    Optimizer optimizer = shrinking(adam, adam.rate(), 0, l1);
    if (isSkipping(settings)) {
      return optimizer;
    }
    refuseDecay(settings, "the means of adam", "Use adamw, whose weight-decay is apart from them.");
    return lazy(optimizer, adam.fading(), 0, l1);
  }

  private static Optimizer adamw(Settings settings) {
    double decay = settings.value(DECOUPLED_DECAY);
    double l1 = settings.value(SOFT_L1);
    AdamOptimizer adam = adam(settings, 0);
    Optimizer optimizer = shrinking(adam, adam.rate(), decay, l1);
    return isSkipping(settings) ? optimizer : lazy(optimizer, adam.fading(), decay, l1);
  }

  private static AdamOptimizer adam(Settings settings, float decay) {
    return new AdamOptimizer(
        settings.value(ADAM_RATE),
        settings.value(BETA1),
        settings.value(BETA2),
        single(settings, ADAM_EPSILON),
        decay);
  }

  private static Optimizer rmsprop(Settings settings) {
    double rate = settings.value(RMSPROP_RATE);
    double l1 = settings.value(SOFT_L1);
    var rmsprop =
        new RmspropOptimizer(
            rate,
            single(settings, KEEP),
            single(settings, MOMENTUM),
            single(settings, RMSPROP_EPSILON),
            single(settings, DECAY));
    Optimizer optimizer = shrinking(rmsprop, rate, 0, l1);
    if (isSkipping(settings)) {
      return optimizer;
    }
    refuseDecay(settings, "the mean squares of rmsprop", "Set weight-decay: 0, or use adamw.");
    return lazy(optimizer, rmsprop.fading(), 0, l1);
  }

  private static boolean isSkipping(Settings settings) {
    return !settings.optional(LAZY).orElse("skip").equals(EXACT);
  }

  /** A decay that goes through the memory of gradients has no end, and no sum. */
  private static void refuseDecay(Settings settings, String memory, String remedy) {
    if (settings.value(DECAY) > 0) {
      throw new InvalidSettingException(
          LAZY.name(),
          "exact cannot take many missed steps at once with weight-decay: %s, which is part of the gradients that %s remember. %s"
              .formatted(settings.value(DECAY), memory, remedy));
    }
  }

  private static Optimizer lazy(Optimizer optimizer, Fading fading, double decay, double l1) {
    if (optimizer.rate() * decay >= 1) {
      throw new InvalidSettingException(
          LAZY.name(),
          "exact needs learning-rate times weight-decay below 1, not %s x %s: each step would take all of a weight."
              .formatted(optimizer.rate(), decay));
    }
    return new LazyOptimizer(optimizer, new PulledIdling(fading, new Pull(decay, l1)));
  }

  private static Optimizer shrinking(Optimizer inner, double rate, double decay, double l1) {
    return decay == 0 && l1 == 0 ? inner : new ShrinkingOptimizer(inner, rate, decay, l1);
  }

  private static Optimizer ftrl(Settings settings) {
    return new FtrlOptimizer(
        single(settings, FTRL_RATE),
        single(settings, FTRL_BETA),
        single(settings, L1),
        single(settings, L2));
  }

  private static float single(Settings settings, Setting<Double> setting) {
    return settings.value(setting).floatValue();
  }
}
