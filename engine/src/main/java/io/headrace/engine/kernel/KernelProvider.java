package io.headrace.engine.kernel;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the kernels of this JVM, once: vector code where the incubating Vector API is, its scalar
 * twin otherwise, which is said in the log. Thread-safe.
 */
public final class KernelProvider {
  private static final Logger LOG = LoggerFactory.getLogger(KernelProvider.class);

  /** Set where a JVM runs to tell which classes to keep: those of a late module cannot be kept. */
  private static final String KEEPING_CLASSES = "headrace.keeping-classes";

  private KernelProvider() {}

  /**
   * The same at each call.
   *
   * @throws IllegalStateException if classes are being kept for JVMs that load the vector module
   *     late, and this one cannot
   */
  public static Kernels kernels() {
    return Chosen.KERNELS;
  }

  private static Kernels choose() {
    boolean vectors = VectorModule.load();
    if (Boolean.getBoolean(KEEPING_CLASSES)) {
      if (!vectors) {
        throw new IllegalStateException(
            "The module %s cannot be loaded late into this JVM.".formatted(VectorModule.NAME));
      }
      return new ScalarKernels();
    }
    if (!vectors) {
      LOG.warn(
          "Training with scalar code, several times slower than with vectors:"
              + " this JVM runs without the module {}. Start it with --add-modules {}.",
          VectorModule.NAME,
          VectorModule.NAME);
      return new ScalarKernels();
    }
    Kernels kernels = Vectors.kernels();
    LOG.info("Training with {}", kernels.description());
    return kernels;
  }

  private static final class Chosen {
    static final Kernels KERNELS = choose();
  }

  /** Keeps the vector classes from being loaded where they cannot be. */
  private static final class Vectors {
    static Kernels kernels() {
      return new VectorKernels();
    }
  }
}
