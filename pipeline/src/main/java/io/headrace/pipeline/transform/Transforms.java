package io.headrace.pipeline.transform;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import io.headrace.engine.config.Variant;
import io.headrace.engine.config.Variants;
import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.sample.InputSpec;
import java.util.List;

/** The transforms that a job file can name. */
public final class Transforms {
  private static final double MOST = Float.MAX_VALUE;
  private static final double LEAST = Float.MIN_NORMAL;

  private static final String AUGMENTATION =
      " Drawn by partition, position and epoch, so that a resumed run repeats it; held-out samples"
          + " are left as they are.";

  private static final Setting<String> INPUT =
      Setting.text("input", "Name of the dense input to work on.");
  private static final Setting<List<Double>> MEAN =
      Numbers.setting("mean", -MOST, MOST, "Subtracted from every element, or one per channel.");
  private static final Setting<List<Double>> DEVIATION =
      Numbers.setting("deviation", LEAST, MOST, "Divides every element, or one per channel.");
  private static final Setting<Double> MIN =
      Setting.number("min", -MOST, MOST, "Smaller elements become this.");
  private static final Setting<Double> MAX =
      Setting.number("max", -MOST, MOST, "Larger elements become this.");
  private static final Setting<Double> FACTOR =
      Setting.number("factor", -MOST, MOST, "Multiplies every element.");
  private static final Setting<Double> FRACTION =
      Setting.number("fraction", 0, 1, "Share of the samples that is kept.");
  private static final Setting<Long> SEED =
      Setting.longInteger("seed", 0, Long.MAX_VALUE, "Another seed keeps other samples.")
          .orElse(0L);

  private static final Setting<String> CLASS =
      Setting.text("class", "Name of the class of which a share is kept; all of the others are.");
  private static final Setting<Double> KEEP =
      Setting.number("keep", 1e-4, 1, "Share of its samples that is kept.");

  private static final Setting<String> IMAGE =
      Setting.text("input", "Name of the image input to work on.");
  private static final Setting<Integer> PADDING =
      Setting.integer(
              "padding", 1, 1024, "Pixels that the image is moved at most, along each axis.")
          .orElse(4);
  private static final Setting<Integer> SIZE =
      Setting.integer("size", 1, 1 << 14, "Side of the square, in pixels.");
  private static final Setting<Integer> HEIGHT =
      Setting.integer("height", 1, 1 << 14, "Rows of pixels that each image becomes.");
  private static final Setting<Integer> WIDTH =
      Setting.integer("width", 1, 1 << 14, "Pixels in a row that each image becomes.");
  private static final Setting<Long> AUGMENTATION_SEED =
      Setting.longInteger("seed", 0, Long.MAX_VALUE, "Another seed draws other numbers.")
          .orElse(0L);

  /** So that a split and a sample-fraction of the same seed choose independently. */
  private static final long SPLIT = 0x5EED_0F_5A_11D5L;

  private static final Variants<UnboundTransform> VARIANTS =
      new Variants<>(
          "transform",
          List.of(
              new Variant<>(
                  "normalize",
                  "x becomes (x - mean) / deviation, with the numbers given.",
                  List.of(INPUT, MEAN, DEVIATION),
                  Transforms::normalize),
              new Variant<>(
                  "clip",
                  "Keeps every element between two bounds.",
                  List.of(INPUT, MIN, MAX),
                  Transforms::clip),
              new Variant<>(
                  "scale",
                  "Multiplies every element by a factor.",
                  List.of(INPUT, FACTOR),
                  Transforms::scale),
              new Variant<>(
                  "resize",
                  "Makes every image, whatever its declared size, this height and width, which is"
                      + " then the shape for the transforms behind and for the model: bilinear"
                      + " interpolation between the centres of pixels, without averaging over what"
                      + " lies between when an image becomes smaller. PyTorch's interpolate with"
                      + " mode='bilinear', align_corners=False and antialias=False does the same.",
                  List.of(IMAGE, HEIGHT, WIDTH),
                  Transforms::resize),
              new Variant<>(
                  "random-crop",
                  "Moves each image by a random number of pixels along each axis; zeros come in."
                      + AUGMENTATION,
                  List.of(IMAGE, PADDING, AUGMENTATION_SEED),
                  Transforms::randomCrop),
              new Variant<>(
                  "horizontal-flip",
                  "Turns one of two images, by chance, left to right." + AUGMENTATION,
                  List.of(IMAGE, AUGMENTATION_SEED),
                  Transforms::horizontalFlip),
              new Variant<>(
                  "cutout",
                  "Makes a square of each image zero, centred on a random pixel (DeVries and Taylor"
                      + " 2017)."
                      + AUGMENTATION,
                  List.of(IMAGE, SIZE, AUGMENTATION_SEED),
                  Transforms::cutout),
              new Variant<>(
                  "sample-fraction",
                  "Keeps a share of the samples, chosen by a hash of partition and position, so"
                      + " that the same records are kept every time; the others count as filtered.",
                  List.of(FRACTION, SEED),
                  Transforms::sampleFraction),
              new Variant<>(
                  "down-sample",
                  "Keeps a share of the samples of a frequent class and divides their weights by"
                      + " it, so that probabilities and metrics stay those of the whole stream;"
                      + " the others count as filtered. Drawn by partition, position and epoch, so"
                      + " that a resumed run repeats it; held-out samples are all kept.",
                  List.of(CLASS, KEEP, SEED),
                  Transforms::downSample)));

  private Transforms() {}

  public static Variants<UnboundTransform> variants() {
    return VARIANTS;
  }

  /**
   * Parts samples in two, by a hash of partition and record number: in every epoch the same.
   *
   * @param fraction share of those held out
   * @param heldOut whether to keep those held out, or the others
   */
  public static Transform split(double fraction, long seed, boolean heldOut) {
    return new SampleFraction(fraction, seed ^ SPLIT, heldOut);
  }

  private static UnboundTransform normalize(Settings settings) {
    String input = settings.value(INPUT);
    return schema -> {
      InputSpec.Dense spec = DenseRows.spec(schema, input);
      int channels = spec.shape().getLast();
      float[] means = Numbers.perChannel(MEAN, settings.value(MEAN), channels);
      float[] deviations = Numbers.perChannel(DEVIATION, settings.value(DEVIATION), channels);
      return new Normalize(schema.indexOf(input), spec.elements(), means, deviations);
    };
  }

  private static UnboundTransform clip(Settings settings) {
    float min = settings.value(MIN).floatValue();
    float max = settings.value(MAX).floatValue();
    if (min > max) {
      throw new InvalidSettingException("min", min + " is not <= max, which is " + max + ".");
    }
    String input = settings.value(INPUT);
    return schema -> DenseRows.each(schema, input, x -> Math.clamp(x, min, max));
  }

  private static UnboundTransform scale(Settings settings) {
    float factor = settings.value(FACTOR).floatValue();
    String input = settings.value(INPUT);
    return schema -> DenseRows.each(schema, input, x -> x * factor);
  }

  private static UnboundTransform resize(Settings settings) {
    return new Resize.To(settings.value(IMAGE), settings.value(HEIGHT), settings.value(WIDTH));
  }

  private static UnboundTransform randomCrop(Settings settings) {
    int padding = settings.value(PADDING);
    long seed = settings.value(AUGMENTATION_SEED);
    String input = settings.value(IMAGE);
    return schema -> new RandomCrop(ImageShape.of(schema, input), padding, seed);
  }

  private static UnboundTransform horizontalFlip(Settings settings) {
    long seed = settings.value(AUGMENTATION_SEED);
    String input = settings.value(IMAGE);
    return schema -> new HorizontalFlip(ImageShape.of(schema, input), seed);
  }

  private static UnboundTransform cutout(Settings settings) {
    int size = settings.value(SIZE);
    long seed = settings.value(AUGMENTATION_SEED);
    String input = settings.value(IMAGE);
    return schema -> new Cutout(ImageShape.of(schema, input), size, seed);
  }

  private static UnboundTransform downSample(Settings settings) {
    return new DownSample.Of(settings.value(CLASS), settings.value(KEEP), settings.value(SEED));
  }

  private static UnboundTransform sampleFraction(Settings settings) {
    var sample = new SampleFraction(settings.value(FRACTION), settings.value(SEED), true);
    return schema -> sample;
  }
}
