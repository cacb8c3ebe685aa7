package io.headrace.engine;

import io.headrace.engine.layer.Parameter;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

/**
 * A copy of parameters and slots as they are when it is made, taken page by page while learning
 * goes on: whoever is about to change a page has it copied first, and anyone may copy the rest.
 *
 * <p>Thread-safe, but for {@link #advance}. A page's state is set with release when it is copied,
 * and read with acquire: whoever finds it copied may change the original, and may read the copy.
 */
final class GradualCopy {
  private static final int PAGE_BITS = 10;
  private static final int UNTOUCHED = 0;
  private static final int COPYING = 1;
  private static final int COPIED = 2;
  private static final int PARTS = 64;
  private static final int SPINS = 1 << 10;
  private static final long PAUSE_NANOS = 20_000;

  private final List<Parameter> parameters;
  private final List<MemorySegment> originals;
  private final List<List<MemorySegment>> copies;
  private final AtomicIntegerArray pages;
  private final AtomicInteger left;
  private int advanced;

  /**
   * @param parameters in the order of their offsets
   * @param originals vectors of {@code size} floats
   * @param copies for each of them memory for each parameter, without padding
   */
  GradualCopy(
      List<Parameter> parameters,
      long size,
      List<MemorySegment> originals,
      List<List<MemorySegment>> copies) {
    this.parameters = parameters;
    this.originals = originals;
    this.copies = copies;
    this.pages = new AtomicIntegerArray(Math.toIntExact((size >> PAGE_BITS) + 1));
    this.left = new AtomicInteger(pages.length());
  }

  /** To be called before floats of the originals change; returns when they are copied. */
  void before(long offset, long count) {
    int last = (int) ((offset + count - 1) >> PAGE_BITS);
    for (int page = (int) (offset >> PAGE_BITS); page <= last; page++) {
      copy(page);
    }
  }

  /** Copies the next one of {@value #PARTS} parts. Always the same thread calls this. */
  void advance() {
    int end = Math.min(pages.length(), advanced + Math.ceilDiv(pages.length(), PARTS));
    for (; advanced < end; advanced++) {
      copy(advanced);
    }
  }

  /** Copies all that is left, and returns when everything is copied. */
  void finish() {
    for (int page = 0; page < pages.length(); page++) {
      copy(page);
    }
  }

  /** Whether everything is copied. */
  boolean isDone() {
    return left.get() == 0;
  }

  private void copy(int page) {
    if (pages.getAcquire(page) == COPIED) {
      return;
    }
    if (pages.compareAndSet(page, UNTOUCHED, COPYING)) {
      copyNow((long) page << PAGE_BITS, (page + 1L) << PAGE_BITS);
      pages.setRelease(page, COPIED);
      left.decrementAndGet();
      return;
    }
    for (int spins = 0; pages.getAcquire(page) != COPIED; spins++) {
      if (spins < SPINS) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(PAUSE_NANOS); // whoever copies it may have lost its processor
      }
    }
  }

  private void copyNow(long from, long to) {
    for (int i = firstAt(from); i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      if (parameter.offset() >= to) {
        return;
      }
      if (parameter.columns() == 1) {
        copySingles(i, from, to);
        continue;
      }
      long row = Math.max(0, (from - parameter.offset()) / parameter.stride());
      for (; row < parameter.rows(); row++) {
        long start = parameter.offset() + row * parameter.stride();
        if (start >= to) {
          break;
        }
        long first = Math.max(start, from);
        long end = Math.min(start + parameter.columns(), to);
        if (first < end) {
          long at = row * parameter.columns() + first - start;
          for (int vector = 0; vector < originals.size(); vector++) {
            Floats.copy(originals.get(vector), first, copies.get(vector).get(i), at, end - first);
          }
        }
      }
    }
  }

  /** The same for a parameter of one column, many rows at once. */
  private void copySingles(int index, long from, long to) {
    Parameter parameter = parameters.get(index);
    long stride = parameter.stride();
    long first = Math.max(0, Math.ceilDiv(from - parameter.offset(), stride));
    long end = Math.min(parameter.rows(), Math.ceilDiv(to - parameter.offset(), stride));
    long at = parameter.offset() + first * stride;
    for (int vector = 0; vector < originals.size(); vector++) {
      MemorySegment copy = copies.get(vector).get(index);
      Floats.copyRows(originals.get(vector), at, stride, copy, first, 1, end - first, 1);
    }
  }

  /** The last parameter that begins at or before {@code offset}, or the first. */
  private int firstAt(long offset) {
    int low = 0;
    int high = parameters.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (parameters.get(middle).offset() <= offset) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }
}
