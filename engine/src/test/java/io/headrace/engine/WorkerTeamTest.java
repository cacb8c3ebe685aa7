package io.headrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerTeamTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8})
  void runsEveryTaskOnceBeforeItReturns(int threads) {
    try (var team = new WorkerTeam(threads, 4)) {
      for (int phase = 0; phase < 5_000; phase++) {
        int tasks = phase % 7;
        int[] runs = new int[tasks]; // plain: the barrier makes the writes visible
        team.run(tasks, (task, scratch) -> runs[task]++);
        assertThat(runs).containsOnly(tasks == 0 ? new int[0] : new int[] {1});
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8})
  void runsTasksThatFollowEachOtherAsOne(int threads) {
    int longestOfAll = 0;
    try (var team = new WorkerTeam(threads, 0)) {
      for (int phase = 0; phase < 2_000; phase++) {
        int tasks = 1 + phase % 70;
        int[] runs = new int[tasks];
        var longest = new AtomicInteger();
        team.run(
            tasks,
            new WorkerTeam.Phase() {
              @Override
              public void run(int task, MemorySegment scratch) {
                throw new AssertionError("alone");
              }

              @Override
              public void run(int first, int end, MemorySegment scratch) {
                longest.accumulateAndGet(end - first, Math::max);
                for (int task = first; task < end; task++) {
                  runs[task]++;
                }
              }
            });
        assertThat(runs).containsOnly(1);
        int share = Math.ceilDiv(tasks, threads);
        assertThat(longest.get())
            .as("one run for one thread, else half a share at most")
            .isBetween(1, threads == 1 ? tasks : Math.ceilDiv(share, 2));
        longestOfAll = Math.max(longestOfAll, longest.get());
      }
    }
    assertThat(longestOfAll).isGreaterThan(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8})
  void mirrorsTasksWithinTheShareOfAThread(int threads) {
    try (var team = new WorkerTeam(threads, 0)) {
      for (int tasks = 1; tasks < 20; tasks++) {
        int count = tasks;
        assertThat(IntStream.range(0, count).map(task -> team.mirrored(task, count)))
            .allSatisfy(task -> assertThat(task).isBetween(0, count - 1))
            .doesNotHaveDuplicates();
      }
      int[] mirrored = IntStream.range(0, 8).map(task -> team.mirrored(task, 8)).toArray();
      assertThat(mirrored)
          .containsExactly(
              switch (threads) {
                case 1 -> new int[] {7, 6, 5, 4, 3, 2, 1, 0};
                case 2 -> new int[] {3, 2, 1, 0, 7, 6, 5, 4};
                case 3 -> new int[] {1, 0, 4, 3, 2, 7, 6, 5};
                default -> new int[] {0, 1, 2, 3, 4, 5, 6, 7};
              });
    }
  }

  @Test
  void throwsWhatTheLowestTaskThrewAfterAllHaveEnded() {
    var runs = new AtomicIntegerArray(20);
    try (var team = new WorkerTeam(3, 0)) {
      assertThatThrownBy(
              () ->
                  team.run(
                      20,
                      (task, scratch) -> {
                        runs.incrementAndGet(task);
                        if (task % 5 == 2) {
                          throw new IllegalArgumentException("task " + task);
                        }
                      }))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("task 2");
      assertThat(IntStream.range(0, 20).map(runs::get))
          .as("tasks that were to follow one that failed are left out")
          .allSatisfy(times -> assertThat(times).isBetween(0, 1));
      assertThat(IntStream.of(0, 1, 2, 6, 7, 11, 12, 16, 17).map(runs::get))
          .as("of at most 4 in a run, those that fail and those too far behind one that does")
          .containsOnly(1);
      team.run(2, (task, scratch) -> {}); // the failure is over
    }
  }

  @Test
  void namesItsThreadsAndEndsThem() {
    Set<Thread> seen = ConcurrentHashMap.newKeySet();
    var team = new WorkerTeam(3, 0);
    for (int i = 0; i < 200_000 && seen.size() < 3; i++) {
      team.run(3, (task, scratch) -> seen.add(Thread.currentThread()));
    }
    team.close();
    seen.remove(Thread.currentThread());
    assertThat(seen)
        .extracting(Thread::getName)
        .isSubsetOf("headrace-engine-1", "headrace-engine-2");
    assertThat(seen).noneMatch(Thread::isAlive);
  }

  @Test
  void givesEachThreadMemoryOfItsOwn() {
    try (var team = new WorkerTeam(4, 16)) {
      Set<Long> addresses = ConcurrentHashMap.newKeySet();
      Set<Thread> threads = ConcurrentHashMap.newKeySet();
      for (int i = 0; i < 1_000; i++) {
        team.run(
            8,
            (task, scratch) -> {
              addresses.add(scratch.address());
              threads.add(Thread.currentThread());
            });
      }
      assertThat(addresses).hasSameSizeAs(threads);
    }
  }
}
