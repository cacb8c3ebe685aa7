package io.headrace.engine.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.util.List;
import java.util.Set;

/**
 * The vector kernels at other widths than this machine's. The width is a constant of the classes,
 * so each width gets its own copy of them, in a class loader of its own.
 */
final class VectorWidths {
  static final List<Integer> BITS = List.of(128, 256, 512);

  private static final String PROPERTY = "headrace.vectorBits";
  private static final String PREFIX = "io.headrace.engine.kernel.";
  private static final Set<String> SHARED =
      Set.of(Kernels.class.getName(), TileTransform.class.getName());

  private VectorWidths() {}

  static Kernels kernels(int bits) {
    String before = System.getProperty(PROPERTY);
    System.setProperty(PROPERTY, Integer.toString(bits));
    try {
      Class<?> type = new Copies().loadClass(PREFIX + "VectorKernels");
      Constructor<?> constructor = type.getDeclaredConstructor();
      constructor.setAccessible(true);
      var kernels = (Kernels) constructor.newInstance();
      if (!kernels.description().equals(bits + "-bit vectors")) {
        throw new IllegalStateException(kernels.description());
      }
      return kernels;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    } finally {
      if (before == null) {
        System.clearProperty(PROPERTY);
      } else {
        System.setProperty(PROPERTY, before);
      }
    }
  }

  /** Defines the package's own classes again, but for the interface and what it names. */
  private static final class Copies extends ClassLoader {
    Copies() {
      super(VectorWidths.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith(PREFIX) || SHARED.contains(name)) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded != null ? loaded : define(name);
      }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      String file = name.replace('.', '/') + ".class";
      try (InputStream in = VectorWidths.class.getClassLoader().getResourceAsStream(file)) {
        if (in == null) {
          throw new ClassNotFoundException(name);
        }
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
