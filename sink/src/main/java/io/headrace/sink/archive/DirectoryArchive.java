package io.headrace.sink.archive;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.sink.ArchiveSettings;
import io.headrace.sink.SampleArchive;
import io.headrace.sink.checkpoint.DirectoryLock;
import io.headrace.sink.seal.FileSeal;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * An archive in a directory. A thread of its own writes; a few blocks of rows may wait for it, then
 * training waits. Where writing fails, the samples up to the next cut are a gap: they are counted,
 * told and recorded in the cut behind it, and training goes on.
 */
public final class DirectoryArchive implements SampleArchive {
  private static final int BLOCKS = 4;

  private final ArchiveFolder folder;
  private final ArchiveSettings settings;
  private final String job;
  private final SampleSchema schema;
  private final FileSeal seal;
  private final Consumer<String> alerts;
  private final InstantSource clock;
  private final DirectoryLock lock;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("headrace-archive").daemon().factory());
  private final BlockingQueue<ArchivedRows> free = new ArrayBlockingQueue<>(BLOCKS);
  private volatile CompletableFuture<Void> lastCut = CompletableFuture.completedFuture(null);
  private final AtomicLong samples = new AtomicLong();
  private final AtomicLong lost = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong waitedNanos = new AtomicLong();

  // The trainer's.
  private @Nullable ArchivedRows filling;
  private final List<Cut.Withdrawn> withdrawnNow = new ArrayList<>();

  // The thread's own, once it has something to do.
  private final Map<SourcePartition, SegmentWriter> open = new TreeMap<>();
  private final List<Segment> finished = new ArrayList<>();
  private final List<Cut.Withdrawn> withdrawn = new ArrayList<>();
  private final SortedMap<SourcePartition, Long> missing = new TreeMap<>();
  private final List<Cut> cuts = new ArrayList<>();
  private Ledger from = Ledger.EMPTY;
  private boolean failed;
  private long nextNumber;

  /**
   * Opens or creates it; one process at a time may.
   *
   * @param batch samples of the largest batch
   * @param alerts told of gaps and damage, on the threads that call and the archive's own
   * @throws HeadraceException if another run writes to it, or it cannot be written to
   */
  public DirectoryArchive(
      ArchiveSettings settings,
      String job,
      SampleSchema schema,
      int batch,
      FileSeal seal,
      Consumer<String> alerts,
      InstantSource clock) {
    this.settings = settings;
    this.job = job;
    this.schema = schema;
    this.seal = seal;
    this.alerts = alerts;
    this.clock = clock;
    lock = DirectoryLock.hold("archive.directory", settings.directory());
    folder = new ArchiveFolder(settings.directory(), seal);
    for (int i = 0; i < BLOCKS; i++) {
      free.add(new ArchivedRows(schema, batch));
    }
  }

  @Override
  public void resume(Ledger at) {
    long number = 1;
    try {
      List<String> unreadable = new ArrayList<>();
      List<Cut> all = folder.cuts(unreadable::add);
      int kept = all.size();
      while (kept > 0 && !covers(at, all.get(kept - 1))) {
        kept--;
      }
      cuts.addAll(all.subList(0, kept));
      if (unreadable.isEmpty()) {
        folder.tidy(all);
      }
      if (kept < all.size()) {
        String aside = folder.putAside(all.subList(kept, all.size()));
        alerts.accept(
            "%,d parts of the archive lie behind the checkpoint that the job goes on from, and will be written again: they are in %s."
                .formatted(all.size() - kept, folder.path(aside)));
      }
      unreadable.forEach(alerts);
      number = folder.nextNumber();
    } catch (IOException e) {
      throw new HeadraceException(
          "archive.directory: %s cannot be read and tidied up (%s). Give this user the right to, or name another directory."
              .formatted(settings.directory(), e.getMessage()),
          e);
    }
    nextNumber = number;
    from = cuts.isEmpty() ? at : cuts.getLast().to();
    at.entries()
        .forEach(
            (partition, entry) -> {
              Ledger.Entry before = from.entries().get(partition);
              long unwritten = entry.trained() - (before == null ? 0 : before.trained());
              if (unwritten > 0) {
                missing.put(partition, unwritten);
              }
            });
  }

  private static boolean covers(Ledger at, Cut cut) {
    Positions covered = at.positions();
    return cut.to().positions().next().entrySet().stream()
        .allMatch(end -> covered.of(end.getKey()).orElse(0) >= end.getValue());
  }

  @Override
  public void offer(SampleBlock batch) {
    ArchivedRows rows = filling;
    if (rows != null && !rows.hasRoomFor(batch)) {
      handOver();
      rows = null;
    }
    if (rows == null) {
      rows = takeFree();
      rows.clear();
      filling = rows;
    }
    rows.append(batch);
  }

  private ArchivedRows takeFree() {
    ArchivedRows rows = free.poll();
    if (rows != null) {
      return rows;
    }
    long begun = System.nanoTime();
    boolean interrupted = false;
    while (rows == null) {
      try {
        rows = free.take();
      } catch (InterruptedException e) {
        interrupted = true; // the disk is waited for all the same
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    waitedNanos.addAndGet(System.nanoTime() - begun);
    return rows;
  }

  @Override
  public void settle(long step, IntPredicate learned) {
    if (filling != null) {
      filling.settle(step, learned);
    }
  }

  @Override
  public void withdraw(long firstStep, long lastStep, long rows) {
    withdrawnNow.add(new Cut.Withdrawn(firstStep, lastStep, rows));
  }

  private void handOver() {
    ArchivedRows rows = filling;
    filling = null;
    if (rows != null) {
      thread.execute(
          () -> {
            write(rows);
            free.add(rows);
          });
    }
  }

  @Override
  public void cut(long step, Ledger ledger) {
    handOver();
    List<Cut.Withdrawn> undone = List.copyOf(withdrawnNow);
    withdrawnNow.clear();
    try {
      lastCut =
          CompletableFuture.runAsync(
              () -> {
                withdrawn.addAll(undone);
                end(step, ledger);
              },
              thread);
    } catch (RejectedExecutionException closed) {
      // Whoever closed it has made the last cut.
    }
  }

  @Override
  public void awaitCut() {
    lastCut.join();
  }

  @Override
  public Status status() {
    return new Status(samples.get(), lost.get(), bytes.get(), waitedNanos.get() / 1e9);
  }

  private void write(ArchivedRows rows) {
    int row = 0;
    try {
      for (; !failed && row < rows.rows.size(); row++) {
        write(rows, row);
      }
    } catch (IOException | RuntimeException fault) {
      fail(fault);
    }
    for (; row < rows.rows.size(); row++) {
      miss(rows.rows.partition(row), 1);
    }
  }

  private void write(ArchivedRows rows, int row) throws IOException {
    SourcePartition partition = rows.rows.partition(row);
    SegmentWriter segment = open.get(partition);
    if (segment == null) {
      segment =
          new SegmentWriter(
              folder.newPart(),
              partition,
              schema,
              seal.blocks(Optional.of(job)),
              settings.segmentBytes());
      open.put(partition, segment);
    }
    segment.add(rows, row);
    if (segment.bytes() >= settings.segmentBytes()) {
      finish(segment);
    }
  }

  private void finish(SegmentWriter segment) throws IOException {
    finished.add(segment.finish(folder));
    open.remove(segment.partition());
  }

  private void miss(SourcePartition partition, long rows) {
    missing.merge(partition, rows, Long::sum);
    lost.addAndGet(rows);
  }

  /** What was written since the last cut goes: there is room again, if that was it. */
  private void fail(Exception fault) {
    failed = true;
    for (SegmentWriter segment : open.values()) {
      miss(segment.partition(), segment.rows());
      try {
        segment.abandon();
      } catch (IOException e) {
        fault.addSuppressed(e);
      }
    }
    open.clear();
    for (Segment segment : finished) {
      miss(segment.partition(), segment.rows());
      try {
        folder.delete(segment);
      } catch (IOException e) {
        fault.addSuppressed(e);
      }
    }
    finished.clear();
    alerts.accept(
        "Samples could not be written to the archive in %s: %s. Training goes on; those up to the next checkpoint are not archived, and are counted. Make room there, or give this user the right to write."
            .formatted(settings.directory(), fault.getMessage()));
  }

  private void end(long step, Ledger ledger) {
    try {
      if (failed) {
        failed = false; // what comes now is tried again
        return;
      }
      for (SegmentWriter segment : List.copyOf(open.values())) {
        finish(segment);
      }
      if (finished.isEmpty() && withdrawn.isEmpty()) {
        return;
      }
      publish(step, ledger);
    } catch (IOException | RuntimeException fault) {
      fail(fault);
      failed = false;
    }
  }

  private void publish(long step, Ledger ledger) throws IOException {
    var cut =
        new Cut(nextNumber, job, step, clock.millis(), from, ledger, finished, missing, withdrawn);
    folder.publish(cut);
    nextNumber++;
    cuts.add(cut);
    from = ledger;
    samples.addAndGet(cut.rows());
    bytes.addAndGet(cut.bytes());
    finished.clear();
    missing.clear();
    withdrawn.clear();
    letGo();
  }

  /** Deletes what is too old or too much; a failure is told, and nothing else comes of it. */
  private void letGo() {
    long oldest =
        settings.keepFor().map(age -> clock.millis() - age.toMillis()).orElse(Long.MIN_VALUE);
    long most = settings.keepBytes().orElse(Long.MAX_VALUE);
    try {
      List<ArchiveFolder.Aside> aside = folder.aside();
      long total =
          cuts.stream().mapToLong(Cut::bytes).sum()
              + aside.stream().mapToLong(ArchiveFolder.Aside::bytes).sum();
      for (ArchiveFolder.Aside other : aside) {
        if (total > most || other.createdAtMillis() < oldest) {
          folder.delete(other);
          total -= other.bytes();
        }
      }
      while (cuts.size() > 1 && (total > most || cuts.getFirst().createdAtMillis() < oldest)) {
        folder.delete(cuts.getFirst());
        total -= cuts.removeFirst().bytes();
      }
    } catch (IOException e) {
      alerts.accept(
          "What is older than the archive keeps was not let go: %s. It takes room until a later checkpoint."
              .formatted(e.getMessage()));
    }
  }

  /** Ends the thread; what no cut has is deleted. */
  @Override
  public void close() {
    thread.close();
    try {
      for (SegmentWriter segment : open.values()) {
        segment.abandon();
      }
      for (Segment segment : finished) {
        folder.delete(segment);
      }
    } catch (IOException e) {
      alerts.accept(
          "What was left of an unfinished part of the archive was not deleted: %s. The next run does."
              .formatted(e.getMessage()));
    } finally {
      lock.close();
    }
  }
}
