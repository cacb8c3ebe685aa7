package io.headrace.engine.layer;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * A layer as the job file describes it, before it knows its input. Immutable.
 *
 * <p>{@link #attach} is where a layer comes to life: it checks the input's shape, claims its
 * parameters and buffers, and puts its forward, backward and update work on the scope's {@link
 * Tape}. From then on only that work runs.
 */
public interface Layer {
  /** The job input that this layer reads; empty for the output of the layer before. */
  default Optional<String> inputName() {
    return Optional.empty();
  }

  /** Whether it reads inputs of the job, of which it is given all, and not one value. */
  default boolean readsAllInputs() {
    return false;
  }

  /**
   * The inputs of the job of which it needs to know the field of each pair.
   *
   * @param unnamed the input that it reads where it names none
   */
  default Stream<String> inputsByField(Optional<String> unnamed) {
    return Stream.empty();
  }

  /**
   * One layer that does the work of this one and {@code next} in a single pass, where there is one;
   * it keeps this layer's name and index, {@code next} has no parameters.
   */
  default Optional<Layer> fusedWith(Layer next) {
    return Optional.empty();
  }

  /** This layer as it is best where {@code next} alone reads what it computes. */
  default Layer before(Layer next) {
    return this;
  }

  /**
   * Joins the model that {@code scope} builds, behind {@code input}.
   *
   * @return what the layer computes
   * @throws io.headrace.engine.error.InvalidSettingException if the input does not fit; the message
   *     names the layer and both shapes
   */
  Value attach(LayerScope scope, Value input);
}
