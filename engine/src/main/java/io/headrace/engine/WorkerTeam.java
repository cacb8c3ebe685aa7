package io.headrace.engine;

import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Threads that share the tasks of one phase after another; the caller's thread is one of them. One
 * caller at a time. {@link #run} returns when all tasks of its phase are done, and everything that
 * they wrote is then visible to the caller, and to the tasks of later phases.
 *
 * <p>Each thread has a share of a phase's tasks, cut by their numbers alone, so that what a task
 * wrote is still in the cache of the processor that runs it in the next step. It takes half of what
 * is left of it at a time, as one run, and then single tasks of the others'. A share is one number:
 * which phase, which task comes next and where it ends; whoever advances it owns the tasks between.
 * Members look for tasks for a moment before they park.
 */
final class WorkerTeam implements AutoCloseable {
  private static final int SPINS = 1 << 11;
  private static final long PAUSE_NANOS = 20_000;

  private final List<Member> members = new ArrayList<>();
  private final MemorySegment scratch;
  private final Shares shares;
  private final AtomicInteger done = new AtomicInteger();
  private Phase phase = (task, memory) -> {};
  private volatile boolean closed;
  private @Nullable Throwable failure;
  private int failedTask;

  /** The tasks of a phase; different tasks run at once. */
  @FunctionalInterface
  interface Phase {
    /**
     * Runs one task.
     *
     * @param scratch memory of the thread that runs the task
     */
    void run(int task, MemorySegment scratch);

    /** Runs tasks that follow each other, which may take less than each alone. */
    default void run(int first, int end, MemorySegment scratch) {
      for (int task = first; task < end; task++) {
        run(task, scratch);
      }
    }
  }

  /**
   * @param threads how many, the caller included
   * @param scratchFloats memory of each thread
   */
  WorkerTeam(int threads, long scratchFloats) {
    this.scratch = Floats.allocate(scratchFloats);
    this.shares = new Shares(threads);
    for (int i = 1; i < threads; i++) {
      members.add(new Member(i, Floats.allocate(scratchFloats)));
    }
    members.forEach(Member::start);
  }

  /** The first task of a thread's share, or where the shares end. */
  private static int firstTask(int tasks, int share, int count) {
    return (int) ((long) tasks * share / count);
  }

  /** The task as far from the end of its thread's share as {@code task} is from the beginning. */
  int mirrored(int task, int tasks) {
    int share = ((task + 1) * threads() - 1) / tasks;
    return firstTask(tasks, share, threads()) + firstTask(tasks, share + 1, threads()) - 1 - task;
  }

  /** Threads that take part, the caller included. */
  int threads() {
    return members.size() + 1;
  }

  /**
   * Runs every task of {@code phase}. What a task throws, the lowest if several do, is thrown here
   * after all have ended; tasks that were to follow it in one run are left out.
   */
  void run(int tasks, Phase work) {
    if (tasks <= 1 || members.isEmpty()) {
      work.run(0, tasks, scratch);
      return;
    }
    phase = work;
    done.set(0);
    shares.cut(tasks);
    for (int i = 0; i < members.size(); i++) {
      members.get(i).wake();
    }
    takeTasks(0, scratch);
    awaitOthers(tasks);
    throwFailure();
  }

  /** Takes the tasks of share {@code first}, then what is left of the others'. */
  private void takeTasks(int first, MemorySegment memory) {
    int taken = 0;
    for (int i = 0; i < shares.count(); i++) {
      int share = (first + i) % shares.count();
      boolean own = i == 0;
      for (long run = shares.take(share, own); run != Shares.NONE; run = shares.take(share, own)) {
        int task = Shares.first(run);
        int end = Shares.end(run);
        taken += end - task;
        try {
          phase.run(task, end, memory);
        } catch (Throwable e) { // thrown again at the caller
          fail(task, e);
        }
      }
    }
    done.addAndGet(taken);
  }

  private void awaitOthers(int tasks) {
    for (int spins = 0; done.get() < tasks; spins++) {
      if (spins < SPINS) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  private synchronized void fail(int task, Throwable e) {
    if (failure == null || task < failedTask) {
      failure = e;
      failedTask = task;
    }
  }

  private synchronized void throwFailure() {
    Throwable thrown = failure;
    failure = null;
    switch (thrown) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(thrown);
    }
  }

  /** Ends the threads and waits for them. */
  @Override
  public void close() {
    closed = true;
    boolean interrupted = false;
    for (Member member : members) {
      interrupted |= member.end();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The shares of the phase that is running, each in a cache line of its own. */
  private static final class Shares {
    private static final int COUNT_BITS = 20;
    private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;
    private static final int APART = 16;
    static final long NONE = -1;

    private final AtomicLongArray tickets;
    private final int count;
    private long phases;

    Shares(int count) {
      this.count = count;
      this.tickets = new AtomicLongArray((count + 1) * APART);
    }

    int count() {
      return count;
    }

    /** The caller's own, the first, last: no member is to find only others' tasks. */
    void cut(int tasks) {
      phases++;
      for (int share = count - 1; share >= 0; share--) {
        long next = firstTask(tasks, share, count);
        long end = firstTask(tasks, share + 1, count);
        tickets.set(at(share), phases << (2 * COUNT_BITS) | end << COUNT_BITS | next);
      }
    }

    boolean hasTask(int share) {
      return hasTask(tickets.get(at(share)));
    }

    /**
     * The next tasks of a share, now the caller's.
     *
     * @param half whether half of what is left, or a single task
     * @return for {@link #first} and {@link #end}; {@link #NONE} if there are none
     */
    long take(int share, boolean half) {
      int at = at(share);
      for (long now = tickets.get(at); hasTask(now); now = tickets.get(at)) {
        int taken = half ? (end(now) - first(now) + 1) / 2 : 1;
        if (tickets.compareAndSet(at, now, now + taken)) {
          return (long) (first(now) + taken) << COUNT_BITS | first(now);
        }
      }
      return NONE;
    }

    static int first(long ticket) {
      return (int) (ticket & COUNT_MASK);
    }

    static int end(long ticket) {
      return (int) (ticket >>> COUNT_BITS & COUNT_MASK);
    }

    private static int at(int share) {
      return (share + 1) * APART;
    }

    private static boolean hasTask(long ticket) {
      return first(ticket) < end(ticket);
    }
  }

  private final class Member implements Runnable {
    private final int share;
    private final Thread thread;
    private final MemorySegment memory;
    private volatile boolean parked;

    Member(int number, MemorySegment memory) {
      this.share = number;
      this.memory = memory;
      this.thread = Thread.ofPlatform().daemon().name("headrace-engine-" + number).unstarted(this);
    }

    void start() {
      thread.start();
    }

    void wake() {
      if (parked) {
        LockSupport.unpark(thread);
      }
    }

    /** Returns whether the caller was interrupted meanwhile. */
    boolean end() {
      boolean interrupted = false;
      LockSupport.unpark(thread);
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      return interrupted;
    }

    @Override
    public void run() {
      int idle = 0;
      while (!closed) {
        if (shares.hasTask(share)) {
          takeTasks(share, memory);
          idle = 0;
        } else if (++idle < SPINS) {
          Thread.onSpinWait();
        } else {
          park();
        }
      }
    }

    private void park() {
      parked = true;
      if (!closed && !shares.hasTask(share)) {
        LockSupport.park(WorkerTeam.this);
      }
      parked = false;
    }
  }
}
