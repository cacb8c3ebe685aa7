package io.headrace.sink.checkpoint;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.memory.FileBlock;
import io.headrace.engine.memory.Zeros;
import io.headrace.engine.sample.LedgerCounter;
import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.engine.state.Tensor;
import io.headrace.sink.seal.FileSeal;
import io.headrace.sink.seal.SealBrokenException;
import io.headrace.sink.seal.StoredBytes;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint as a safetensors file: the header's length as 8 little-endian bytes, the JSON
 * header, and the tensors one behind the other. Python's {@code safetensors} opens it as it is.
 * Equal checkpoints give equal bytes. Of large tensors the file may have pages alone, which are put
 * upon those of a file beside it, the base, or upon zeros.
 */
final class CheckpointFile {
  private static final int LONGEST_HEADER_BYTES = 100_000_000; // what other readers accept

  /** Read at once, and hashed while the next one is. */
  private static final long PIECE_BYTES = 1 << 20;

  private CheckpointFile() {}

  /**
   * Writes a file to a channel that is at its start, and leaves that open.
   *
   * @return the hash that tells it from every other
   */
  static String write(CheckpointLayout layout, FileSeal seal, FileChannel to) throws IOException {
    byte[] header = header(layout);
    long bytes = Header.LENGTH_BYTES + header.length + layout.bytes();
    try (WritableByteChannel channel = seal.writer(to, CheckpointMetadata.label(layout), bytes)) {
      write(header, layout, new GatheringWriter(channel));
    }
    return Header.parsed("", header).sha256();
  }

  /**
   * Writes a file that is not encrypted. Its tensors are hashed while they are written, and the
   * hash, which the header has, is put in its place behind them.
   *
   * @return the hash that tells it from every other
   */
  static String write(CheckpointLayout layout, PastCache to) throws IOException {
    byte[] unhashed = header(layout, "0".repeat(Digest.HEX_DIGITS));
    to.startWillChange(Header.LENGTH_BYTES + unhashed.length);
    var hash = CompletableFuture.supplyAsync(() -> dataSha256(layout), CheckpointFile::begin);
    try {
      write(unhashed, layout, new GatheringWriter(to));
    } finally {
      hash.join(); // even behind a fault: it reads memory that is used again
    }
    byte[] header = header(layout, hash.join());
    if (header.length != unhashed.length) {
      throw new IllegalStateException("a header's length depends on its hash");
    }
    to.finish(
        ByteBuffer.allocate(Header.LENGTH_BYTES + header.length)
            .put(length(header))
            .put(header)
            .flip());
    return Header.parsed("", header).sha256();
  }

  /** Makes a header in memory and reads it: what JSON needs at first takes a tenth of a second. */
  static void rehearse() {
    var ledger = new LedgerCounter();
    ledger.add(new SourcePartition("", 0), 0, 0, 0, 0);
    var nothing = new Checkpoint("", "", 0, 0, ledger.ledger(), new TreeMap<>(), new TreeMap<>());
    Header made = Header.verified("", header(CheckpointLayout.plain(nothing)));
    CheckpointMetadata.checkpoint("", made.metadata(), new TreeMap<>());
  }

  private static void begin(Runnable hashing) {
    Thread.ofPlatform().name("headrace-checkpoint-hash").daemon().start(hashing);
  }

  private static byte[] header(CheckpointLayout layout) {
    return header(layout, dataSha256(layout));
  }

  private static byte[] header(CheckpointLayout layout, String dataSha256) {
    return Header.bytes(CheckpointMetadata.of(layout, dataSha256), layout.parts());
  }

  private static String dataSha256(CheckpointLayout layout) {
    var digest = new Digest();
    layout.parts().forEach(part -> part.data().get().forEach(digest::add));
    return digest.hex();
  }

  private static ByteBuffer length(byte[] header) {
    ByteBuffer length = ByteBuffer.allocate(Header.LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    return length.putLong(header.length).flip();
  }

  private static void write(byte[] header, CheckpointLayout layout, GatheringWriter out)
      throws IOException {
    out.write(length(header));
    out.write(ByteBuffer.wrap(header));
    for (FilePart part : layout.parts()) {
      Iterator<ByteBuffer> chunks = part.data().get().flatMap(Chunks::of).iterator();
      while (chunks.hasNext()) {
        out.write(chunks.next());
      }
    }
    out.flush();
  }

  /**
   * Reads and verifies a whole file, and those that it builds on. Small tensors lie in off-heap
   * memory of their own; large ones that are not encrypted stay in the file, or in one without a
   * name beside it: the system keeps of them in memory what it has room for.
   */
  static Checkpoint read(Path file, FileSeal seal) throws IOException {
    return read(file, seal, Optional.empty());
  }

  /**
   * The same.
   *
   * @param sha256 the file's, where it must be a certain one
   */
  static Checkpoint read(Path file, FileSeal seal, Optional<String> sha256) throws IOException {
    var tensors = new TreeMap<String, Tensor>();
    Header header = read(file, seal, sha256, tensors);
    return CheckpointMetadata.checkpoint(file.toString(), header.metadata(), tensors);
  }

  /**
   * Reads a file's tensors.
   *
   * @param sha256 the file's, where another file says what it must be
   */
  private static Header read(
      Path path, FileSeal seal, Optional<String> sha256, SortedMap<String, Tensor> into)
      throws IOException {
    try (StoredBytes from = seal.open(path)) {
      return read(path, from, seal, sha256, into);
    } catch (SealBrokenException e) {
      throw broken(path, e);
    } catch (ArithmeticException
        | IllegalArgumentException
        | IndexOutOfBoundsException
        | NullPointerException e) { // sizes and shapes that somebody made up, hash and all
      throw misfit(path, e);
    }
  }

  private static CheckpointDamagedException misfit(Path file, RuntimeException cause) {
    var damaged =
        new CheckpointDamagedException(
            file.toString(), "what its header says does not fit together (" + cause + ")");
    damaged.initCause(cause);
    return damaged;
  }

  private static CheckpointDamagedException broken(Path file, SealBrokenException cause) {
    var damaged = new CheckpointDamagedException(file.toString(), cause.problem());
    damaged.initCause(cause);
    return damaged;
  }

  private static Header read(
      Path path,
      StoredBytes from,
      FileSeal seal,
      Optional<String> sha256,
      SortedMap<String, Tensor> into)
      throws IOException {
    String file = path.toString();
    byte[] headerBytes = headerBytes(file, from);
    Header header = Header.verified(file, headerBytes);
    if (sha256.isPresent() && !sha256.get().equals(header.sha256())) {
      throw new CheckpointDamagedException(
          file, "its header's SHA-256 is " + header.sha256() + ", not " + sha256.get());
    }
    long dataAt = (long) Header.LENGTH_BYTES + headerBytes.length;
    if (from.size() != dataAt + header.dataBytes()) {
      throw new CheckpointDamagedException(
          file,
          "it should be " + (dataAt + header.dataBytes()) + " bytes long and is " + from.size());
    }
    requireItsPlace(path, header);
    Map<String, List<Long>> paged = CheckpointMetadata.paged(file, header.metadata());
    if (paged.isEmpty()) {
      into.putAll(tensors(header, data(path, from, dataAt, header)));
      return header;
    }
    try (Arena arena = Arena.ofConfined()) { // pages are copied to their places: once is enough
      MemorySegment data = from.view(dataAt, header.dataBytes(), arena);
      verify(file, header, new Digest().add(data).hex());
      SortedMap<String, Tensor> before = base(path, seal, header);
      LongFunction<MemorySegment> zeros = bytes -> zeros(path, from, bytes);
      putTogether(file, paged, before, zeros, tensors(header, data), into);
    }
    return header;
  }

  /** The tensors of a file that has all of them whole, verified. */
  private static MemorySegment data(Path path, StoredBytes from, long at, Header header)
      throws IOException {
    String file = path.toString();
    long bytes = header.dataBytes();
    if (bytes >= Pages.LARGE_BYTES && !from.encrypted() && deletesWhatIsMapped(path)) {
      MemorySegment view = from.view(at, bytes, Arena.ofAuto());
      verify(file, header, new Digest().add(view).hex());
      return view;
    }
    MemorySegment data = Zeros.allocate(bytes);
    var hash = new HashBehind();
    for (long done = 0; done < bytes; done += PIECE_BYTES) {
      MemorySegment piece = data.asSlice(done, Math.min(PIECE_BYTES, bytes - done));
      long read = readFully(file, piece.asByteBuffer(), from, at + done);
      assert read == piece.byteSize();
      hash.add(piece);
    }
    verify(file, header, hash.hex());
    return data;
  }

  /** On other systems a file stays where it is as long as somebody has mapped it. */
  private static boolean deletesWhatIsMapped(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  /** Zeros that a tensor of a file is put together on. */
  private static MemorySegment zeros(Path path, StoredBytes from, long bytes) {
    if (bytes < Pages.LARGE_BYTES || from.encrypted()) {
      return Zeros.allocate(bytes);
    }
    return FileBlock.create(Objects.requireNonNull(path.toAbsolutePath().getParent()), bytes)
        .filter(FileBlock::takeRoom)
        .map(FileBlock::memory)
        .orElseGet(() -> Zeros.allocate(bytes));
  }

  /** A checkpoint may have any name but that of another one. */
  private static void requireItsPlace(Path file, Header header) {
    String name = String.valueOf(file.getFileName());
    String step = CheckpointMetadata.text(name, header.metadata(), CheckpointMetadata.STEP);
    if (CheckpointNames.isName(name) && !step.equals(Long.toString(CheckpointNames.step(name)))) {
      throw new CheckpointDamagedException(
          file.toString(), "it is the checkpoint of step " + step + ", in the place of another");
    }
  }

  /** The tensors of the file that this one builds on; none without one. */
  private static SortedMap<String, Tensor> base(Path file, FileSeal seal, Header header)
      throws IOException {
    var tensors = new TreeMap<String, Tensor>();
    @Nullable String name = header.metadata().get(CheckpointMetadata.BASE);
    if (name == null) {
      return tensors;
    }
    String sha256 =
        CheckpointMetadata.text(file.toString(), header.metadata(), CheckpointMetadata.BASE_SHA256);
    Path base = file.resolveSibling(name);
    if (!CheckpointNames.isName(name) || name.equals(String.valueOf(file.getFileName()))) {
      throw new CheckpointDamagedException(file.toString(), "it builds on " + name);
    }
    try {
      read(base, seal, Optional.of(sha256), tensors);
    } catch (NoSuchFileException missing) {
      if (!Files.exists(file)) {
        throw missing; // both were deleted since: there are newer ones
      }
      throw onDamaged(file, name + ", which is not there", missing);
    } catch (CheckpointDamagedException damaged) {
      throw onDamaged(file, name + ", and " + damaged.problem(), damaged);
    }
    return tensors;
  }

  private static CheckpointDamagedException onDamaged(Path file, String on, Exception cause) {
    var damaged = new CheckpointDamagedException(file.toString(), "it builds on " + on);
    damaged.initCause(cause);
    return damaged;
  }

  private static void putTogether(
      String file,
      Map<String, List<Long>> paged,
      Map<String, Tensor> before,
      LongFunction<MemorySegment> zeros,
      SortedMap<String, Tensor> read,
      SortedMap<String, Tensor> into) {
    for (var entry : paged.entrySet()) {
      String name = entry.getKey();
      @Nullable Tensor pages = read.remove(name);
      @Nullable Tensor numbers = read.remove(name + CheckpointLayout.NUMBERS);
      if (pages == null || numbers == null) {
        throw new CheckpointDamagedException(file, "it lacks the pages of " + name);
      }
      @Nullable Tensor base = before.get(name);
      Tensor whole;
      if (base == null) {
        long bytes =
            entry.getValue().stream().reduce((long) pages.type().bytes(), Math::multiplyExact);
        whole = new Tensor(pages.type(), entry.getValue(), zeros.apply(bytes));
      } else {
        whole = base.data().isReadOnly() ? copy(base, zeros) : base;
      }
      if (!whole.shape().equals(entry.getValue())
          || !Pages.putBack(numbers.data(), pages.data(), whole.data())) {
        throw new CheckpointDamagedException(file, "its pages of " + name + " do not fit");
      }
      into.put(name, whole);
    }
    read.forEach((name, tensor) -> into.put(name, copy(tensor, zeros)));
  }

  private static Tensor copy(Tensor mapped, LongFunction<MemorySegment> zeros) {
    MemorySegment copy = zeros.apply(mapped.data().byteSize());
    return new Tensor(mapped.type(), mapped.shape(), copy.copyFrom(mapped.data()));
  }

  /**
   * What a file says it is, not verified, for listings: its metadata, of an encrypted file its
   * label.
   */
  static Map<String, String> metadata(Path file) throws IOException {
    try {
      Optional<Map<String, String>> label = FileSeal.label(file);
      if (label.isPresent()) {
        return label.get();
      }
      try (StoredBytes from = FileSeal.NONE.open(file)) {
        return Header.parsed(file.toString(), headerBytes(file.toString(), from)).metadata();
      }
    } catch (SealBrokenException e) {
      throw broken(file, e);
    }
  }

  /** The positions in a file's header, which is verified. */
  static Positions positions(Path path, FileSeal seal) throws IOException {
    return CheckpointMetadata.checkpoint(
            path.toString(), header(path, seal).metadata(), new TreeMap<>())
        .ledger()
        .positions();
  }

  /** The hash that tells a file from every other; its header is verified. */
  static String sha256(Path path, FileSeal seal) throws IOException {
    return header(path, seal).sha256();
  }

  private static Header header(Path path, FileSeal seal) throws IOException {
    String file = path.toString();
    try (StoredBytes from = seal.open(path)) {
      Header header = Header.verified(file, headerBytes(file, from));
      requireItsPlace(path, header);
      return header;
    } catch (SealBrokenException e) {
      throw broken(path, e);
    }
  }

  private static byte[] headerBytes(String file, StoredBytes from) throws IOException {
    ByteBuffer length = ByteBuffer.allocate(Header.LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    readFully(file, length, from, 0);
    long bytes = length.getLong(0);
    long rest = from.size() - Header.LENGTH_BYTES;
    if (bytes < 0 || bytes > Math.min(rest, LONGEST_HEADER_BYTES)) {
      throw new CheckpointDamagedException(
          file, "its header should be " + bytes + " bytes long, and " + rest + " bytes follow");
    }
    byte[] header = new byte[(int) bytes];
    readFully(file, ByteBuffer.wrap(header), from, Header.LENGTH_BYTES);
    return header;
  }

  private static void verify(String file, Header header, String found) {
    String expected = CheckpointMetadata.text(file, header.metadata(), "data_sha256");
    if (!found.equals(expected)) {
      throw new CheckpointDamagedException(
          file, "its tensors have SHA-256 " + found + ", not " + expected);
    }
  }

  private static SortedMap<String, Tensor> tensors(Header header, MemorySegment data) {
    var tensors = new TreeMap<String, Tensor>();
    for (Header.Placed placed : header.tensors()) {
      MemorySegment its = data.asSlice(placed.from(), placed.to() - placed.from());
      tensors.put(placed.name(), new Tensor(placed.type(), placed.shape(), its));
    }
    return tensors;
  }

  private static long readFully(String file, ByteBuffer into, StoredBytes from, long position)
      throws IOException {
    long at = position;
    while (into.hasRemaining()) {
      int count = from.read(into, at);
      if (count < 0) {
        throw new CheckpointDamagedException(file, "it ends after " + at + " bytes");
      }
      at += count;
    }
    return at - position;
  }
}
