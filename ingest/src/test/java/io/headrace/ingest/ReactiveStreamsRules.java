package io.headrace.ingest;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.opentest4j.TestAbortedException;
import org.reactivestreams.tck.PublisherVerification;
import org.testng.SkipException;

/** Runs the Reactive Streams TCK, which is written for TestNG, as JUnit tests. */
public final class ReactiveStreamsRules {
  private ReactiveStreamsRules() {}

  /** One test a rule. */
  public static Stream<DynamicTest> of(PublisherVerification<RecordChunk> verification) {
    return Arrays.stream(PublisherVerification.class.getMethods())
        .filter(method -> method.isAnnotationPresent(org.testng.annotations.Test.class))
        .filter(method -> !method.getName().startsWith("untested_"))
        .sorted(Comparator.comparing(Method::getName))
        .map(rule -> DynamicTest.dynamicTest(rule.getName(), () -> check(verification, rule)));
  }

  private static void check(PublisherVerification<RecordChunk> verification, Method rule)
      throws Throwable {
    verification.setUp();
    try {
      rule.invoke(verification);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof SkipException skipped) {
        throw new TestAbortedException(skipped.getMessage(), skipped);
      }
      throw e.getCause();
    }
  }
}
