package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A convolution over images, in one pass with the rectifier and the max pooling that may follow it.
 * A filter's output is the cross-correlation y[i][j][f] = b_f + sum over k, l, c of x[i s + k d -
 * p][j s + l d - p][c] w[f][k][l][c], x being 0 outside. Immutable.
 *
 * @param geometry sizes for the shape of an input; throws if they do not fit
 * @param flat whether images are sequences: rows of [steps, channels]
 * @param pool side of the pooling windows; 1 for none
 */
record ConvLayer(
    Optional<String> inputName,
    int filters,
    Function<Sizes, ConvGeometry> geometry,
    boolean flat,
    String initialisation,
    boolean bias,
    boolean rectify,
    int pool)
    implements Layer {

  /** Height, width and channels of an image. */
  record Sizes(int height, int width, int channels) {}

  @Override
  public Optional<Layer> fusedWith(Layer next) {
    if (pool > 1) {
      return Optional.empty();
    }
    if (next instanceof ActivationLayer(Activation curve)) {
      return curve.equals(Activation.RELU) && !rectify
          ? Optional.of(with(true, 1))
          : Optional.empty();
    }
    return next instanceof MaxPoolLayer other && other.apart() && !flat
        ? Optional.of(with(rectify, other.size()))
        : Optional.empty();
  }

  private ConvLayer with(boolean rectified, int pooled) {
    return new ConvLayer(
        inputName, filters, geometry, flat, initialisation, bias, rectified, pooled);
  }

  @Override
  public Value attach(LayerScope scope, Value input) {
    DenseValue x = flat ? scope.sequence(input) : scope.image(input);
    List<Integer> in = x.shape();
    Sizes sizes =
        flat ? new Sizes(1, in.get(0), in.get(1)) : new Sizes(in.get(0), in.get(1), in.get(2));
    ConvGeometry shape = geometry.apply(sizes);
    if (shape.empty() || shape.outHeight() < pool || shape.outWidth() < pool) {
      throw scope.problem(
          "has windows larger than its input: "
              + shape.describe()
              + " over an input of the shape "
              + in
              + (pool > 1 ? ", then pooling by " + pool : "")
              + ". Use smaller windows, less stride, or padding.");
    }
    int height = shape.outHeight() / pool;
    int width = shape.outWidth() / pool;
    DenseValue y = scope.buffer(flat ? List.of(width, filters) : List.of(height, width, filters));
    PaddedImage image = new PaddedImage(shape);
    int winograd = pool <= 2 ? WinogradSums.side(shape) : 0;
    var weights = new ConvWeights(scope, shape, image, filters, initialisation, bias, winograd);
    Kernels kernels = scope.kernels();
    long cost = 6L * shape.outHeight() * shape.outWidth() * shape.taps() * filters;
    if (pool == 1 && StridedConv.suits(shape, filters)) {
      var conv = new StridedConv(kernels, shape, image, weights, x, y, rectify);
      scope.tape().shards(cost, conv.scratch(), conv::forward, conv::backward);
      return y;
    }
    ConvSums sums =
        winograd > 0
            ? new WinogradSums(kernels, shape, image, weights, winograd)
            : new DirectSums(kernels, shape, image, weights);
    var forward = new ConvForward(kernels, shape, image, weights, sums, x, y, rectify, pool);
    ShardWork backward;
    long backwardScratch;
    if (pool > 1) {
      var work = new PooledConvBackward(scope, shape, image, weights, forward, x, y, rectify);
      backward = work::run;
      backwardScratch = work.scratch();
    } else {
      var work = new ConvBackward(kernels, shape, image, weights, x, y, rectify);
      backward = work::run;
      backwardScratch = work.scratch();
    }
    long scratch = Math.max(forward.scratch(), backwardScratch);
    scope.tape().shards(cost, scratch, forward::run, backward);
    return y;
  }
}
