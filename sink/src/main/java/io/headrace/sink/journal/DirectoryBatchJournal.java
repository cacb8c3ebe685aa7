package io.headrace.sink.journal;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.engine.seal.BlockCipher;
import io.headrace.engine.seal.BlockSeal;
import io.headrace.sink.BatchJournal;
import io.headrace.sink.seal.Rewriting;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A journal as files of a directory, {@code journal-000000000001.log} and so on, each begun by a
 * run or when the one before was full. A segment that begins at a batch before the end of what was
 * recorded replaces what follows; one that begins anywhere else begins a new story: what lies
 * between is not known.
 *
 * <p>A batch is written by one call before it is trained, so a killed process leaves it behind; it
 * is forced to the disk when a checkpoint is, while others go on to be written. A write that fails
 * is told once, training goes on, and a new segment is tried after a wait that doubles from one
 * second to a minute.
 *
 * <p>Thread-safe.
 */
public final class DirectoryBatchJournal implements BatchJournal {
  private static final String NAME = "journal-\\d{12}\\.log";
  private static final int SEGMENT_BYTES = 4 << 20;
  private static final long FIRST_RETRY_MILLIS = 1_000;

  private final Path directory;
  private final boolean keepAll;
  private final Consumer<String> alert;
  private final InstantSource clock;
  private final BlockSeal seal;
  private final SortedMap<SourcePartition, Long> positions = new TreeMap<>();
  private final NavigableMap<Long, Positions> starts = new TreeMap<>();
  private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();

  /** Segments that were full before they were forced. */
  private final List<FileChannel> full = new ArrayList<>();

  private @Nullable FileChannel channel;
  private BlockCipher cipher = BlockCipher.NONE;
  private long number;
  private long written;
  private boolean broken;
  private int failures;
  private long notBeforeMillis;

  /**
   * @param directory exists and is this journal's alone to write to
   * @param keepAll whether to keep what no checkpoint needs any more
   * @param alert told of writes that failed, on the thread that wrote
   * @param seal how batches come to the disk
   */
  public DirectoryBatchJournal(
      Path directory,
      boolean keepAll,
      Consumer<String> alert,
      InstantSource clock,
      BlockSeal seal) {
    this.directory = directory;
    this.keepAll = keepAll;
    this.alert = alert;
    this.clock = clock;
    this.seal = seal;
  }

  /** The journal's files in {@code directory}, oldest first; none where there is no directory. */
  public static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(f -> f.getFileName().toString().matches(NAME)).sorted().toList();
    } catch (NoSuchFileException _) {
      return List.of();
    }
  }

  /**
   * Encrypts one of the journal's files anew, with the key that new ones get; it changes in one
   * rename. For whoever holds the directory's lock.
   *
   * @param from opens it as it is
   */
  public static void rewrite(Path file, BlockSeal from, BlockSeal to) throws IOException {
    Rewriting.blocks(file, from, to, Segment.KIND, String.valueOf(file.getFileName()));
  }

  @Override
  public synchronized List<List<Run>> resume(Positions from) {
    var order = new RecordedOrder(from);
    try {
      for (Path file : files(directory)) {
        number = number(file);
        Segment segment = Segment.read(file, seal);
        if (segment != null) {
          starts.put(number, segment.start());
          order.begin(segment.start());
          segment.batches().forEach(order::add);
        }
      }
    } catch (IOException e) {
      throw new HeadraceException(
          "The batch journal in %s could not be read (%s). Check the disk, or move its journal-*.log files away."
              .formatted(directory, e),
          e);
    }
    List<List<Run>> behind = order.behind();
    positions.putAll(behind == null ? from.next() : order.at().next());
    return behind == null ? List.of() : behind;
  }

  @Override
  public synchronized void restart(Positions at, String why) {
    positions.clear();
    positions.putAll(at.next());
    alert.accept(
        "The batches that the journal in %s has behind %s cannot be made again, for %s: from there on they are others than before."
            .formatted(directory, at.next(), why));
  }

  private static String name(long number) {
    return String.format(Locale.ROOT, "journal-%012d.log", number);
  }

  private static long number(Path file) {
    return Long.parseLong(file.getFileName().toString().replaceAll("\\D", ""));
  }

  @Override
  public synchronized void add(List<Run> batch) {
    try {
      if (waiting.size() == 0 && !open()) {
        broken = true;
      }
      batch.forEach(run -> positions.put(run.partition(), run.to()));
      if (!broken) {
        waiting.writeBytes(Segment.frame(batch, cipher, written + waiting.size()));
      }
    } catch (IOException e) {
      failed(e);
      batch.forEach(run -> positions.put(run.partition(), run.to()));
    }
  }

  /** Returns whether there is a segment to write to. */
  private boolean open() throws IOException {
    if (channel != null && written < SEGMENT_BYTES) {
      return true;
    }
    if (clock.millis() < notBeforeMillis) {
      return false;
    }
    if (channel != null) {
      full.add(channel);
      channel = null;
    }
    number++;
    var start = new Positions(positions);
    String name = name(number);
    channel =
        FileChannel.open(
            directory.resolve(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    written = 0;
    starts.put(number, start);
    cipher = seal.begin(Segment.KIND, name);
    waiting.writeBytes(cipher.head());
    waiting.writeBytes(Segment.frame(start, cipher, waiting.size()));
    broken = false;
    return true;
  }

  @Override
  public synchronized void handOver() {
    if (waiting.size() == 0 || channel == null) {
      return;
    }
    try {
      ByteBuffer bytes = ByteBuffer.wrap(waiting.toByteArray());
      waiting.reset();
      while (bytes.hasRemaining()) {
        written += channel.write(bytes);
      }
      failures = 0;
    } catch (IOException e) {
      failed(e);
    }
  }

  private void failed(IOException e) {
    broken = true;
    waiting.reset();
    long wait = FIRST_RETRY_MILLIS << Math.min(failures, 6);
    notBeforeMillis = clock.millis() + Math.min(wait, 60_000);
    if (failures++ == 0) {
      alert.accept(
          "The batch journal in %s could not be written (%s). Training goes on; killed now, it would not make the same batches again. Make room there: it is tried again."
              .formatted(directory, e.getMessage()));
    }
    try {
      closeChannel();
    } catch (IOException unclosed) {
      e.addSuppressed(unclosed);
    }
  }

  @Override
  public void keepFrom(Positions oldest) {
    force();
    letGo(oldest);
  }

  /** Without the lock while the disk works: a slow one must not hold up whoever adds. */
  private void force() {
    List<FileChannel> ended;
    FileChannel open;
    synchronized (this) {
      ended = List.copyOf(full);
      full.clear();
      open = channel;
    }
    try {
      for (FileChannel segment : ended) {
        try (segment) {
          segment.force(false);
        }
      }
      if (open != null) {
        open.force(false);
      }
    } catch (ClosedChannelException _) {
      // a write to it failed meanwhile, which was told then
    } catch (IOException e) {
      synchronized (this) {
        failed(e);
      }
    }
  }

  private synchronized void letGo(Positions oldest) {
    try {
      while (!keepAll && starts.size() > 1) {
        Positions second = starts.values().stream().skip(1).findFirst().orElseThrow();
        if (!covers(oldest, second)) {
          return;
        }
        Files.deleteIfExists(directory.resolve(name(starts.firstKey())));
        starts.pollFirstEntry();
      }
    } catch (IOException e) {
      failed(e);
    }
  }

  private static boolean covers(Positions oldest, Positions start) {
    return start.next().entrySet().stream()
        .allMatch(entry -> oldest.of(entry.getKey()).orElse(-1) >= entry.getValue());
  }

  private void closeChannel() throws IOException {
    if (channel != null) {
      FileChannel closing = channel;
      channel = null;
      closing.close();
    }
  }

  @Override
  public synchronized void close() {
    handOver();
    try {
      for (FileChannel segment : full) {
        segment.close();
      }
      closeChannel();
    } catch (IOException e) {
      failed(e);
    }
  }
}
