package io.headrace.engine.optimizer;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import io.headrace.engine.config.Variant;
import io.headrace.engine.config.Variants;
import io.headrace.engine.error.InvalidSettingException;
import java.util.List;

/**
 * Every learning-rate schedule that a job file can name. In the formulas t counts steps from 0,
 * which is the first step, or the last of the warm-up.
 */
public final class Schedules {
  private static final double TINY = 1e-12;

  private static final Setting<Long> WARM_UP =
      Setting.longInteger(
              "warm-up",
              0,
              Long.MAX_VALUE,
              "Steps in which the rate rises in a straight line to where the schedule begins.")
          .orElse(0L);
  private static final Setting<Long> INVERSE_WARM_UP =
      Setting.longInteger(
              "warm-up", 1, Long.MAX_VALUE, "Steps in which the rate rises in a straight line.")
          .orElse(4_000L);
  private static final Setting<Long> EVERY =
      Setting.longInteger("every", 1, Long.MAX_VALUE, "Steps between two changes.");
  private static final Setting<Long> DECAY_STEPS =
      Setting.longInteger(
              "every", 1, Long.MAX_VALUE, "Steps in which the rate falls by the factor.")
          .orElse(1_000L);
  private static final Setting<Double> FACTOR =
      Setting.number("factor", TINY, 1, "What the rate is multiplied by.").orElse(0.1);
  private static final Setting<Double> DECAY =
      Setting.number("factor", TINY, 1, "What the rate is multiplied by.").orElse(0.9);
  private static final Setting<Long> STEPS =
      Setting.longInteger(
          "steps",
          1,
          Long.MAX_VALUE,
          "Steps until the end, warm-up included; then the rate stays.");
  private static final Setting<Double> FINAL =
      Setting.number("final", 0, 1, "Part of the rate that is left at the end.").orElse(0.0);
  private static final Setting<Double> START =
      Setting.number("start", 0, 1, "Part of the rate at the start.").orElse(0.04);
  private static final Setting<Double> CYCLE_FINAL =
      Setting.number("final", 0, 1, "Part of the rate that is left at the end.").orElse(4e-6);
  private static final Setting<Double> PEAK_AT =
      Setting.number("peak-at", 0.01, 0.99, "Part of the steps in which the rate rises.")
          .orElse(0.3);

  private static final Variants<Schedule> VARIANTS =
      new Variants<>(
          "schedule",
          List.of(
              new Variant<Schedule>(
                  "constant",
                  "The optimizer's learning rate throughout.",
                  List.of(WARM_UP),
                  settings ->
                      settings.value(WARM_UP) == 0
                          ? Schedule.CONSTANT
                          : warmedUp(settings, t -> 1)),
              new Variant<Schedule>(
                  "step",
                  "Multiplied by a factor from time to time: factor^floor(t / every).",
                  List.of(EVERY, FACTOR, WARM_UP),
                  Schedules::step),
              new Variant<Schedule>(
                  "exponential",
                  "Falls by the same part at every step: factor^(t / every).",
                  List.of(DECAY_STEPS, DECAY, WARM_UP),
                  Schedules::exponential),
              new Variant<Schedule>(
                  "cosine",
                  "Half a wave of the cosine down to its end (Loshchilov and Hutter, SGDR, 2017,"
                      + " equation 5, without restarts): final + (1 - final) (1 + cos(pi t / T)) /"
                      + " 2.",
                  List.of(STEPS, FINAL, WARM_UP),
                  Schedules::cosine),
              new Variant<Schedule>(
                  "inverse-sqrt",
                  "Rises in a straight line, then falls with the root of the steps (Vaswani et al.,"
                      + " 2017, section 5.3): sqrt(warm-up / step).",
                  List.of(INVERSE_WARM_UP),
                  Schedules::inverseRoot),
              new Variant<Schedule>(
                  "one-cycle",
                  "Up from start to the whole rate and down to final, each on half a wave of the"
                      + " cosine (Smith and Topin, Super-Convergence, 2018).",
                  List.of(STEPS, START, PEAK_AT, CYCLE_FINAL),
                  Schedules::oneCycle)));

  private Schedules() {}

  public static Variants<Schedule> variants() {
    return VARIANTS;
  }

  /** A schedule after its warm-up. */
  private interface Course {
    double factor(double t);
  }

  private static Schedule warmedUp(Settings settings, Course course) {
    long warmUp = settings.value(WARM_UP);
    return step ->
        step < warmUp
            ? (double) step / warmUp * course.factor(0)
            : course.factor((double) (step - Math.max(warmUp, 1)));
  }

  private static Schedule step(Settings settings) {
    double factor = settings.value(FACTOR);
    double every = settings.value(EVERY);
    return warmedUp(settings, t -> StrictMath.pow(factor, Math.floor(t / every)));
  }

  private static Schedule exponential(Settings settings) {
    double factor = settings.value(DECAY);
    double every = settings.value(DECAY_STEPS);
    return warmedUp(settings, t -> StrictMath.pow(factor, t / every));
  }

  private static Schedule cosine(Settings settings) {
    long steps = settings.value(STEPS);
    long warmUp = settings.value(WARM_UP);
    if (steps <= warmUp) {
      throw new InvalidSettingException(
          STEPS.name(),
          steps + " is not > warm-up, which is " + warmUp + ". Count the warm-up in.");
    }
    double last = settings.value(FINAL);
    double length = steps - warmUp;
    return warmedUp(settings, t -> between(1, last, t / length));
  }

  private static Schedule inverseRoot(Settings settings) {
    double warmUp = settings.value(INVERSE_WARM_UP);
    return step -> step < warmUp ? step / warmUp : Math.sqrt(warmUp / step);
  }

  private static Schedule oneCycle(Settings settings) {
    double start = settings.value(START);
    double last = settings.value(CYCLE_FINAL);
    double steps = settings.value(STEPS);
    double end = Math.max(steps - 1, 1);
    double peak = Math.max(settings.value(PEAK_AT) * steps - 1, 0);
    return step -> {
      double t = step - 1;
      return t < peak ? between(start, 1, t / peak) : between(1, last, (t - peak) / (end - peak));
    };
  }

  /** From {@code a} to {@code b} on half a wave of the cosine, {@code part} of the way. */
  private static double between(double a, double b, double part) {
    return b + (a - b) * (1 + StrictMath.cos(Math.PI * Math.min(part, 1))) / 2;
  }
}
