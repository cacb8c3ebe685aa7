package io.headrace.engine;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.layer.Parameter;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A copy of parameters and slots as they are when it is made, taken page by page while learning
 * goes on: whoever is about to change a page has it copied first, and anyone may copy the rest.
 * Memory of the copy that holds the right floats already is not written to: what was never touched
 * takes no room in the copy either.
 *
 * <p>Where there are {@link StagedPages}, what is about to change is put aside there as long as
 * there is room, and brought to its place by whoever advances or finishes the copy.
 *
 * <p>Thread-safe, but for {@link #advance}. A page's state is set with release when it is copied,
 * and read with acquire: whoever finds it copied may change the original, and may read the copy.
 */
final class GradualCopy {
  /** Floats of a page. */
  static final int PAGE = 1 << 6;

  private static final int PAGE_BITS = 6; // four cache lines: a step on sparse rows copies little
  private static final int PAGES_AT_ONCE = 128;
  private static final int UNTOUCHED = 0;
  private static final int COPYING = 1;
  private static final int COPIED = 2;
  private static final int STAGED = 3; // and its place added

  /** Pages of a change from which on they are not staged: so much is better copied at once. */
  private static final int MANY_PAGES = 8;

  /** Fewer make a longer pause, more leave more pages to be copied one by one as they change. */
  private static final int PARTS = 8;

  private static final int SPINS = 1 << 10;
  private static final long PAUSE_NANOS = 20_000;

  private final Kernels kernels;
  private final List<Parameter> parameters;
  private final List<MemorySegment> originals;
  private final List<List<CopyPlace>> copies;
  private final @Nullable StagedPages staged;
  private final AtomicIntegerArray pages;
  private final AtomicInteger left;
  private int advanced;

  /**
   * @param parameters in the order of their offsets
   * @param originals vectors of {@code size} floats
   * @param copies for each of them a place for each parameter, without padding
   * @param staged for nobody else's use; empty to copy pages to their places at once
   */
  GradualCopy(
      Kernels kernels,
      List<Parameter> parameters,
      long size,
      List<MemorySegment> originals,
      List<List<CopyPlace>> copies,
      Optional<StagedPages> staged) {
    this.kernels = kernels;
    this.parameters = parameters;
    this.originals = originals;
    this.copies = copies;
    this.staged = staged.orElse(null);
    this.pages = new AtomicIntegerArray(Math.toIntExact((size >> PAGE_BITS) + 1));
    this.left = new AtomicInteger(pages.length());
  }

  /** Copies nothing, for all originals hold what all copies hold already. */
  void skipAll() {
    for (int page = 0; page < pages.length(); page++) {
      pages.setRelease(page, COPIED);
    }
    left.set(0);
  }

  /** Whether all places of the copy are zeros. */
  boolean startsBlank() {
    return copies.stream().allMatch(vector -> vector.stream().allMatch(CopyPlace::blank));
  }

  /** To be called before floats of the originals change; returns when they may. */
  void before(long offset, long count) {
    int from = (int) (offset >> PAGE_BITS);
    int to = (int) ((offset + count - 1) >> PAGE_BITS) + 1;
    if (staged == null || to - from >= MANY_PAGES) {
      copyPages(from, to);
      return;
    }
    for (int page = from; page < to; page++) {
      if (isTaken(page)) {
        putAside(page, staged);
      } else {
        awaitChangeable(page);
      }
    }
  }

  /** Puts a page, which is this thread's to copy, where there is room. */
  private void putAside(int page, StagedPages aside) {
    long from = (long) page << PAGE_BITS;
    int place = aside.take();
    if (place < 0) {
      copyNow(from, from + PAGE, -1);
      pages.setRelease(page, COPIED);
      left.decrementAndGet();
      return;
    }
    for (int vector = 0; vector < originals.size(); vector++) {
      MemorySegment original = originals.get(vector);
      long count = Math.min(PAGE, Floats.count(original) - from);
      if (count > 0) {
        Floats.copy(original, from, aside.memory(), aside.at(place, vector), count);
      }
    }
    pages.setRelease(page, STAGED + place);
  }

  /** Brings a page that was put aside to its place, unless somebody else does. */
  private void bring(int page, int state) {
    if (pages.compareAndSet(page, state, COPYING)) {
      long from = (long) page << PAGE_BITS;
      copyNow(from, from + PAGE, state - STAGED);
      pages.setRelease(page, COPIED);
      left.decrementAndGet();
      Objects.requireNonNull(staged).giveBack(state - STAGED);
    }
  }

  /** Copies the next one of {@value #PARTS} parts. Always the same thread calls this. */
  void advance() {
    int end = Math.min(pages.length(), advanced + Math.ceilDiv(pages.length(), PARTS));
    copyPages(advanced, end);
    advanced = end;
  }

  /**
   * Copies all that is left, and returns when everything is copied. It begins at the end, for a
   * step that runs meanwhile begins at the start.
   */
  void finish() {
    for (int end = pages.length(); end > 0; end -= PAGES_AT_ONCE) {
      copyPages(Math.max(0, end - PAGES_AT_ONCE), end);
    }
  }

  /** The same beside a thread that does so, from the start on: they meet somewhere. */
  void helpFinish() {
    for (int from = 0; from < pages.length(); from += PAGES_AT_ONCE) {
      copyPages(from, Math.min(pages.length(), from + PAGES_AT_ONCE));
    }
  }

  /** Whether everything is copied. */
  boolean isDone() {
    return left.get() == 0;
  }

  /** Waits only for others, and never while they may wait for this thread. */
  private void copyPages(int from, int to) {
    int page = from;
    while (page < to) {
      int first = page;
      while (page < to && isTaken(page)) {
        page++;
      }
      if (page == first) {
        page++; // somebody else has it, or had it
      } else {
        copyNow((long) first << PAGE_BITS, (long) page << PAGE_BITS, -1);
        for (int copied = first; copied < page; copied++) {
          pages.setRelease(copied, COPIED);
        }
        left.addAndGet(first - page);
      }
    }
    for (page = from; page < to; page++) {
      awaitCopied(page);
    }
  }

  /** Whether the page is now this thread's to copy. */
  private boolean isTaken(int page) {
    return pages.getPlain(page) == UNTOUCHED && pages.compareAndSet(page, UNTOUCHED, COPYING);
  }

  private void awaitCopied(int page) {
    int state = pages.getAcquire(page);
    for (int spins = 0; state != COPIED; spins++) {
      if (state >= STAGED) {
        bring(page, state);
      } else {
        pause(spins);
      }
      state = pages.getAcquire(page);
    }
  }

  private void awaitChangeable(int page) {
    for (int spins = 0; pages.getAcquire(page) < COPIED; spins++) {
      pause(spins);
    }
  }

  private static void pause(int spins) {
    if (spins < SPINS) {
      Thread.onSpinWait();
    } else {
      LockSupport.parkNanos(PAUSE_NANOS); // whoever copies it may have lost its processor
    }
  }

  /**
   * Copies floats to their places.
   *
   * @param aside where the page was put, negative if it is read where it belongs
   */
  private void copyNow(long from, long to, int aside) {
    for (int i = firstAt(from); i < parameters.size() && parameters.get(i).offset() < to; i++) {
      Parameter parameter = parameters.get(i);
      boolean padded = parameter.stride() > parameter.columns();
      if (padded && parameter.columns() == 1) {
        copySingles(i, from, to, aside);
        continue;
      }
      long stride = padded ? parameter.stride() : parameter.count();
      long columns = padded ? parameter.columns() : parameter.count();
      long row = Math.max(0, (from - parameter.offset()) / stride);
      for (; row * columns < parameter.count(); row++) {
        long start = parameter.offset() + row * stride;
        if (start >= to) {
          break;
        }
        long first = Math.max(start, from);
        long end = Math.min(start + columns, to);
        if (first < end) {
          long target = row * columns + first - start;
          for (int vector = 0; vector < originals.size(); vector++) {
            CopyPlace copy = copies.get(vector).get(i);
            copy.copy(
                source(vector, aside), first - shift(vector, aside, from), target, end - first);
          }
        }
      }
    }
  }

  private MemorySegment source(int vector, int aside) {
    return aside < 0 ? originals.get(vector) : Objects.requireNonNull(staged).memory();
  }

  /** By how much earlier the page that begins at {@code from} lies in its source. */
  private long shift(int vector, int aside, long from) {
    return aside < 0 ? 0 : from - Objects.requireNonNull(staged).at(aside, vector);
  }

  /** The same for a parameter of one column, many rows at once. */
  private void copySingles(int index, long from, long to, int aside) {
    Parameter parameter = parameters.get(index);
    long stride = parameter.stride();
    long first = Math.max(0, Math.ceilDiv(from - parameter.offset(), stride));
    long end = Math.min(parameter.rows(), Math.ceilDiv(to - parameter.offset(), stride));
    long at = parameter.offset() + first * stride;
    for (int vector = 0; vector < originals.size() && first < end; vector++) {
      CopyPlace copy = copies.get(vector).get(index);
      long source = at - shift(vector, aside, from);
      copy.copy(kernels, source(vector, aside), source, stride, first, end - first);
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
