package io.headrace.engine.kernel;

import java.lang.reflect.Method;

/**
 * The module of the JDK's incubating Vector API. A JVM that names it on its command line can keep
 * neither its modules nor its classes ready for the next start, so the launcher has it loaded here
 * instead, as the JDK loads its own agents into a JVM that runs already; see decision 40.
 * Thread-safe.
 */
final class VectorModule {
  static final String NAME = "jdk.incubator.vector";

  private VectorModule() {}

  /**
   * Whether vector code can run: the module was there from the start, or is now. It comes late only
   * where the JVM was started with {@code --add-exports java.base/jdk.internal.module=ALL-UNNAMED}.
   */
  static boolean load() {
    if (ModuleLayer.boot().findModule(NAME).isPresent()) {
      return true;
    }
    try {
      Method load =
          Class.forName("jdk.internal.module.Modules").getMethod("loadModule", String.class);
      return load.invoke(null, NAME) instanceof Module;
    } catch (ReflectiveOperationException e) { // not exported to us, or another JDK's insides
      return false;
    }
  }
}
