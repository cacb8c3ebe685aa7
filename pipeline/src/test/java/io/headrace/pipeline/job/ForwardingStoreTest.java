package io.headrace.pipeline.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.sink.CheckpointStore;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForwardingStoreTest {
  /** A default that is not forwarded reads whole files where the store behind reads their heads. */
  @Test
  void forwardsDefaultsToo() {
    List<String> forwarded = signatures(ForwardingStore.class);
    List<String> all = signatures(CheckpointStore.class);
    all.remove("newest[]"); // it asks the other newest
    assertThat(all).contains("positions[class java.lang.String]");
    assertThat(forwarded).containsAll(all);
  }

  private static List<String> signatures(Class<?> type) {
    return new ArrayList<>(
        Arrays.stream(type.getDeclaredMethods())
            .filter(method -> !method.isSynthetic())
            .map(ForwardingStoreTest::signature)
            .toList());
  }

  private static String signature(Method method) {
    return method.getName() + Arrays.toString(method.getParameterTypes());
  }
}
