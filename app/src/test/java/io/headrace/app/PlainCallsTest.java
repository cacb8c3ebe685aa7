package io.headrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.reflect.Constructor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PlainCallsTest {
  private static final PlainCalls PLAIN = new PlainCalls(PlainCallsTest.class.getClassLoader());

  record Everything(
      boolean flag,
      byte small,
      char letter,
      short medium,
      int whole,
      long large,
      float real,
      double precise,
      @Nullable String text,
      Object numbers) {}

  record Nothing() {}

  record Box(Object content) {
    static int number(@Nullable Object shape) {
      return switch (shape) {
        case null -> -1;
        case Box(String text) when text.length() == 1 -> 1;
        case Box box when box.content instanceof Integer -> 2;
        case Box(Nothing _) -> 3;
        case CharSequence text -> 10 + text.length();
        case int[] numbers -> numbers.length;
        default -> 4;
      };
    }
  }

  @Test
  void recordsAreEqualHashedAndDescribedAsTheJdkDoes() throws Exception {
    Constructor<?> made = rewritten(Everything.class).getDeclaredConstructors()[0];
    made.setAccessible(true);
    List<Object[]> all = values();
    for (Object[] left : all) {
      Everything leftTwin = (Everything) twin(Everything.class).newInstance(left);
      Object leftPlain = made.newInstance(left);
      assertThat(leftPlain.hashCode()).isEqualTo(leftTwin.hashCode());
      assertThat(leftPlain).hasToString(leftTwin.toString());
      assertThat(leftPlain.equals(null)).isFalse();
      assertThat(leftPlain.equals("text")).isFalse();
      for (Object[] right : all) {
        Object rightTwin = twin(Everything.class).newInstance(right);
        assertThat(leftPlain.equals(made.newInstance(right)))
            .as("%s and %s", leftTwin, rightTwin)
            .isEqualTo(leftTwin.equals(rightTwin));
      }
    }
  }

  @Test
  void recordsOfNothingAreLikeTheJdksToo() throws Exception {
    Constructor<?> made = rewritten(Nothing.class).getDeclaredConstructor();
    made.setAccessible(true);
    Object plain = made.newInstance();
    assertThat(plain).hasToString(new Nothing().toString()).isEqualTo(made.newInstance());
    assertThat(plain.hashCode()).isEqualTo(new Nothing().hashCode());
  }

  @Test
  void switchesFindTheCaseThatTheJdkFinds() throws Exception {
    var number = rewritten(Box.class).getDeclaredMethod("number", Object.class);
    number.setAccessible(true);
    for (Object shape : new Object[] {"", "text", new int[3], 7, new Nothing()}) {
      assertThat(number.invoke(null, shape)).isEqualTo(Box.number(shape));
    }
    assertThat(number.invoke(null, (Object) null)).isEqualTo(-1);
  }

  /** Also the guard of what is left: a start makes no class for a switch or a record of ours. */
  @Test
  void noClassOfTheApplicationHasSuchCallsLeftAndAllAreSound() throws Exception {
    var left = new TreeMap<String, String>();
    int rewritten = 0;
    for (Path classes : classesOfAllModules()) {
      try (Stream<Path> files = Files.walk(classes)) {
        for (Path file : files.filter(path -> path.toString().endsWith(".class")).toList()) {
          byte[] before = Files.readAllBytes(file);
          byte[] after = PLAIN.in(before);
          rewritten += Arrays.equals(after, before) ? 0 : 1;
          calls(after).forEach((maker, call) -> left.put(file + " " + maker, call));
          assertThat(ClassFile.of().verify(after)).as(file.toString()).isEmpty();
        }
      }
    }
    assertThat(rewritten).isGreaterThan(100);
    assertThat(left).isEmpty();
  }

  private static List<Path> classesOfAllModules() {
    return Stream.of("schemas", "engine", "ingest", "sink", "pipeline", "app")
        .map(module -> Path.of("..", module, "target", "classes"))
        .filter(Files::isDirectory)
        .toList();
  }

  /** Calls that the JVM would make a class for at each start, but lambdas and joined text. */
  private static Map<String, String> calls(byte[] bytes) {
    var found = new TreeMap<String, String>();
    for (MethodModel method : ClassFile.of().parse(bytes).methods()) {
      method
          .code()
          .ifPresent(
              code ->
                  code.forEach(
                      element -> {
                        if (element instanceof InvokeDynamicInstruction call) {
                          String maker = call.bootstrapMethod().owner().descriptorString();
                          if (maker.startsWith("Ljava/lang/runtime/")) {
                            found.put(method.methodName().stringValue(), maker);
                          }
                        }
                      }));
    }
    return found;
  }

  private static List<Object[]> values() {
    int[] numbers = {1};
    Object[] plain = {
      true, (byte) -3, 'x', (short) 300, 70_000, 1L << 40, 1.5f, Math.PI, "text", numbers
    };
    Object[] others = {
      false,
      (byte) 4,
      'y',
      (short) -1,
      Integer.MIN_VALUE,
      Long.MIN_VALUE,
      -0f,
      Double.NaN,
      null,
      new int[] {1}
    };
    List<Object[]> all = new ArrayList<>();
    all.add(plain);
    for (int at = 0; at < plain.length; at++) {
      Object[] changed = plain.clone();
      changed[at] = others[at];
      all.add(changed);
    }
    Object[] zero = plain.clone();
    zero[6] = 0f;
    all.add(zero);
    Object[] same = plain.clone();
    same[8] = new String("text");
    all.add(same);
    return all;
  }

  private static Constructor<?> twin(Class<?> type) {
    Constructor<?> made = type.getDeclaredConstructors()[0];
    made.setAccessible(true);
    return made;
  }

  /** A class as it is with plain methods, in a loader of its own with all that lies around it. */
  private static Class<?> rewritten(Class<?> type) throws ClassNotFoundException, IOException {
    assertThat(calls(bytes(type.getName()))).isNotEmpty();
    assertThat(calls(PLAIN.in(bytes(type.getName())))).isEmpty();
    return new ClassLoader(type.getClassLoader()) {
      @Override
      protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(PlainCallsTest.class.getName())) {
          return super.loadClass(name, resolve);
        }
        Class<?> loaded = findLoadedClass(name);
        try {
          byte[] plain = PLAIN.in(bytes(name));
          return loaded == null ? defineClass(name, plain, 0, plain.length) : loaded;
        } catch (IOException e) {
          throw new ClassNotFoundException(name, e);
        }
      }
    }.loadClass(type.getName());
  }

  private static byte[] bytes(String name) throws IOException {
    String file = name.substring(name.lastIndexOf('.') + 1) + ".class";
    try (InputStream in = Objects.requireNonNull(PlainCallsTest.class.getResourceAsStream(file))) {
      return in.readAllBytes();
    }
  }
}
