package io.headrace.engine.kernel;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the kernels of this JVM, once: vector code if the JVM was started with the incubating
 * Vector API, its scalar twin otherwise, which is said in the log. Thread-safe.
 */
public final class KernelProvider {
  private static final Logger LOG = LoggerFactory.getLogger(KernelProvider.class);
  private static final String MODULE = "jdk.incubator.vector";

  private KernelProvider() {}

  public static Kernels kernels() {
    return Chosen.KERNELS;
  }

  private static Kernels choose() {
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      LOG.warn(
          "Training with scalar code, several times slower than with vectors:"
              + " this JVM runs without the module {}. Start it with --add-modules {}.",
          MODULE,
          MODULE);
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
