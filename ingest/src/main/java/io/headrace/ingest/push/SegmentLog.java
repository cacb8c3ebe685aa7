package io.headrace.ingest.push;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.seal.BlockCipher;
import io.headrace.engine.seal.BlockSeal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log of requests in files of a directory, each named for the position that it begins at: {@code
 * push-00000000000000000000.log}. A file is only added to by the process that began it; one that
 * starts, or that could not write, begins a new one. What an unfinished write left at the end of a
 * file counts for nothing. Where the next file begins, the one before it ends, whatever else it
 * holds.
 *
 * <p>One thread commits, another reads through {@link LogReader}, a third deletes.
 */
final class SegmentLog implements PushStore {
  private static final Logger LOG = LoggerFactory.getLogger(PushSampleSource.class);
  private static final String NAME = "push-\\d{20}\\.log";

  private final Path directory;
  private final long segmentBytes;
  private final RememberedKeys keys;
  private final FileChannel lock;
  private final BlockSeal seal;

  /** Bytes of each file by the position that it begins at. */
  private final NavigableMap<Long, Long> segments = new TreeMap<>();

  private long readSegment;
  private long readBytes;
  private @Nullable FileChannel channel;
  private BlockCipher cipher = BlockCipher.NONE;
  private long begunAt;
  private volatile long durable;

  private SegmentLog(
      Path directory, long segmentBytes, RememberedKeys keys, FileChannel lock, BlockSeal seal) {
    this.directory = directory;
    this.segmentBytes = segmentBytes;
    this.keys = keys;
    this.lock = lock;
    this.seal = seal;
  }

  /**
   * Opens the log, or begins one.
   *
   * @param segmentBytes a file that is larger is not added to
   * @param keys gets those that the log remembers
   * @param seal how requests come to the disk
   * @throws HeadraceException if another process has it open, or it cannot be read
   */
  static SegmentLog open(Path directory, long segmentBytes, RememberedKeys keys, BlockSeal seal) {
    try {
      Files.createDirectories(directory);
      var log = new SegmentLog(directory, segmentBytes, keys, lock(directory), seal);
      try {
        log.find();
      } catch (IOException | RuntimeException e) {
        log.close();
        throw e;
      }
      return log;
    } catch (IOException e) {
      throw new HeadraceException(
          "The log of pushed samples in %s cannot be opened: %s. Check the folder's rights and the disk."
              .formatted(directory, e),
          e);
    }
  }

  /**
   * Encrypts the log's files anew; each changes in one rename. What is damaged in them is left out.
   *
   * @param wanted which of them
   * @param from opens them as they are
   * @return how many were written anew
   * @throws HeadraceException if a run has the log open, or a file cannot be read or written
   */
  static int rewrite(Path directory, Predicate<Path> wanted, BlockSeal from, BlockSeal to) {
    int rewritten = 0;
    try (FileChannel held = lock(directory);
        Stream<Path> files = Files.list(directory)) {
      assert held.isOpen();
      for (Path file : files.sorted().toList()) {
        if (file.getFileName().toString().matches(NAME) && wanted.test(file)) {
          rewrite(file, from, to);
          rewritten++;
        }
      }
    } catch (IOException e) {
      throw new HeadraceException(
          "The log of pushed samples in %s cannot be encrypted anew: %s. Check the folder's rights and the disk."
              .formatted(directory, e),
          e);
    }
    return rewritten;
  }

  private static void rewrite(Path file, BlockSeal from, BlockSeal to) throws IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + ".tmp");
    BlockCipher after = to.begin(SegmentReader.KIND, file.getFileName().toString());
    try (var reader = new SegmentReader(file, from);
        FileChannel channel =
            FileChannel.open(
                unfinished,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
      write(ByteBuffer.wrap(after.head()), channel);
      for (LogFrame frame = reader.next(); frame != null; frame = reader.next()) {
        write(LogFrame.sealed(LogFrame.encode(frame), after, channel.position()), channel);
      }
      channel.force(true);
    }
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static FileChannel lock(Path directory) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock held = null;
    try {
      held = channel.tryLock();
    } catch (OverlappingFileLockException _) {
      // Held by this process: said below.
    }
    if (held == null) {
      channel.close();
      throw new HeadraceException(
          "The log of pushed samples in %s is in use by another run. Stop that one, or give this job a directory of its own."
              .formatted(directory));
    }
    return channel;
  }

  private void find() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.matches(NAME)) {
          seal.of(file, SegmentReader.KIND, name); // that it can be read is to be known now
          segments.put(Long.parseLong(name.replaceAll("\\D", "")), Files.size(file));
        }
      }
    }
    if (!segments.isEmpty()) {
      durable = scan(segments.lastKey());
    }
  }

  /** Finds where the last file ends, and every key that it remembers. */
  private long scan(long first) throws IOException {
    long end = first;
    try (SegmentReader reader = reader(first)) {
      for (LogFrame frame = reader.next(); frame != null; frame = reader.next()) {
        switch (frame) {
          case LogFrame.Start start -> start.keys().forEach(k -> keys.add(k.key(), k.receipt()));
          case LogFrame.Request request -> {
            end = Math.max(end, request.next());
            keys.add(request.request().key(), request.receipt());
          }
        }
      }
      if (reader.size() > reader.offset()) {
        LOG.warn(
            "{} ends with {} bytes that are no whole request: one that was never acknowledged, unless the file was damaged",
            file(first),
            reader.size() - reader.offset());
      }
    }
    return end;
  }

  /** Position just past what is durable. */
  long durable() {
    return durable;
  }

  /** Says that reading begins at {@code position}: nothing before it is free any more. */
  void readFrom(long position) {
    Long first = segmentOf(position);
    readUpTo(first == null ? 0 : first, 0);
    if (position > durable) {
      LOG.warn(
          "The log of pushed samples in {} ends at position {}, but the checkpoint goes on at {}: new samples follow there",
          directory,
          durable,
          position);
      durable = position;
    }
  }

  Path directory() {
    return directory;
  }

  /** Position that the oldest file begins at. */
  synchronized long oldest() {
    return segments.isEmpty() ? durable : segments.firstKey();
  }

  /** Where the file that would hold {@code position} begins; null if there is none. */
  synchronized @Nullable Long segmentOf(long position) {
    return segments.floorKey(position);
  }

  /** Where the file behind the one that begins at {@code first} begins: there this one ends. */
  synchronized long endOf(long first) {
    Long next = segments.higherKey(first);
    return next == null ? Long.MAX_VALUE : next;
  }

  /** Reads the file that begins at {@code first}; whoever asks closes it. */
  SegmentReader reader(long first) throws IOException {
    return new SegmentReader(file(first), seal);
  }

  private Path file(long first) {
    return directory.resolve(String.format(Locale.ROOT, "push-%020d.log", first));
  }

  /** Deletes the files whose every position is before {@code position}, but never the last one. */
  synchronized void deleteBefore(long position) throws IOException {
    while (segments.size() > 1 && segments.higherKey(segments.firstKey()) <= position) {
      Files.deleteIfExists(file(segments.firstKey()));
      segments.pollFirstEntry();
    }
  }

  /** Says that of the file that begins at {@code first} this much was read, and all before it. */
  synchronized void readUpTo(long first, long bytes) {
    readSegment = first;
    readBytes = bytes;
  }

  @Override
  public synchronized long backlogBytes() {
    long bytes = -readBytes;
    for (long size : segments.tailMap(readSegment, true).values()) {
      bytes += size;
    }
    return Math.max(0, bytes);
  }

  @Override
  public List<Receipt> commit(List<PushedRequest> group) throws IOException {
    long next = durable;
    List<Receipt> receipts = new ArrayList<>(group.size());
    List<LogFrame> frames = new ArrayList<>(group.size());
    for (PushedRequest request : group) {
      var frame = new LogFrame.Request(next, request);
      next = frame.next();
      receipts.add(frame.receipt());
      frames.add(frame);
    }
    try {
      FileChannel to = segment();
      long bytes = 0;
      for (LogFrame frame : frames) {
        bytes += write(LogFrame.sealed(LogFrame.encode(frame), cipher, to.position()), to);
      }
      to.force(false);
      written(bytes);
    } catch (IOException e) {
      abandon(e);
      throw e;
    }
    durable = next;
    return receipts;
  }

  private synchronized void written(long bytes) {
    segments.merge(begunAt, bytes, Long::sum);
  }

  private synchronized boolean full() {
    return segments.getOrDefault(begunAt, 0L) >= segmentBytes;
  }

  private FileChannel segment() throws IOException {
    FileChannel open = channel;
    if (open != null && !full()) {
      return open;
    }
    closeChannel();
    long first = durable;
    FileChannel begun =
        FileChannel.open(
            file(first),
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    channel = begun;
    synchronized (this) {
      begunAt = first;
      segments.put(first, 0L);
    }
    cipher = seal.begin(SegmentReader.KIND, String.valueOf(file(first).getFileName()));
    ByteBuffer start = LogFrame.encode(new LogFrame.Start(first, keys.all()));
    long head = write(ByteBuffer.wrap(cipher.head()), begun);
    written(head + write(LogFrame.sealed(start, cipher, head), begun));
    forceDirectory();
    return begun;
  }

  /** A file is only there after a power cut if its directory is. */
  private void forceDirectory() throws IOException {
    try (FileChannel folder = FileChannel.open(directory)) {
      folder.force(true);
    }
  }

  private static long write(ByteBuffer bytes, FileChannel to) throws IOException {
    long count = 0;
    while (bytes.hasRemaining()) {
      count += to.write(bytes);
    }
    return count;
  }

  /** Nobody can tell what a failed write left: the file is not added to again. */
  private void abandon(IOException failure) {
    try {
      closeChannel();
    } catch (IOException unclosed) {
      failure.addSuppressed(unclosed);
    }
  }

  private void closeChannel() throws IOException {
    FileChannel closing = channel;
    channel = null;
    if (closing != null) {
      closing.close();
    }
  }

  @Override
  public void close() throws IOException {
    try (lock) {
      closeChannel();
    }
  }
}
