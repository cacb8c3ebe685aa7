package io.headrace.ingest;

import io.headrace.engine.sample.SourcePartition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Raw records of one source partition, in order: the element of the stream between a source and the
 * decoders. All bytes lie in one array.
 *
 * <p>Not thread-safe. It belongs to the source until it is emitted, then to the one who received
 * it, who calls {@link #release} when done so that the source may fill it again.
 */
public final class RecordChunk {
  /** Told when a chunk may be filled again. */
  @FunctionalInterface
  public interface Recycler {
    void recycle(RecordChunk chunk);
  }

  /**
   * Why a record cannot even be handed to a decoder: its bytes are damaged or too many.
   *
   * @param detail what failed, with the values, for a person
   */
  public record Fault(RejectionReason reason, String detail) {}

  private static final Envelope.Provider NO_ENVELOPES = i -> Envelope.NONE;
  private static final long NO_BYTE = -1;

  private final Recycler recycler;
  private SourcePartition partition = new SourcePartition("", 0);
  private byte[] bytes = new byte[1 << 16];
  private int filled;
  private int[] ends = new int[256];
  private long[] positions = new long[256];
  private long[] timestamps = new long[256];
  private long[] fileBytes = new long[256];
  private long fileByte = NO_BYTE;
  private @Nullable String file;
  private final List<@Nullable String> files = new ArrayList<>(0);
  private int count;
  private final List<@Nullable Fault> faults = new ArrayList<>(0);
  private boolean delimited = true;
  private boolean shuffled;
  private int skipped;
  private long lost;
  private long firstPosition;
  private long nextPosition;
  private boolean caughtUp;
  private @Nullable Schema writerSchema;
  private @Nullable List<String> header;
  private Envelope.Provider envelopes = NO_ENVELOPES;
  private final List<@Nullable Envelope> keptEnvelopes = new ArrayList<>(0);

  public RecordChunk(Recycler recycler) {
    this.recycler = recycler;
  }

  /** Empties the chunk for records of {@code partition} from {@code position} on. */
  public void start(SourcePartition partition, long position) {
    this.partition = partition;
    firstPosition = position;
    nextPosition = position;
    filled = 0;
    count = 0;
    faults.clear();
    fileByte = NO_BYTE;
    file = null;
    files.clear();
    delimited = true;
    shuffled = false;
    skipped = 0;
    lost = 0;
    caughtUp = false;
    writerSchema = null;
    header = null;
    envelopes = NO_ENVELOPES;
    keptEnvelopes.clear();
  }

  /**
   * Empties the chunk for records that come in another order than that of their positions: the
   * first of them settles {@code position}, and each of the others the one behind.
   */
  public void startShuffled(SourcePartition partition, long position) {
    start(partition, position);
    shuffled = true;
  }

  /**
   * Says where in its file the record begins that is added next, or the block that has it.
   *
   * @param byteOfFile counted from 0 in the file's bytes, unpacked
   */
  public void placeAt(long byteOfFile) {
    fileByte = byteOfFile;
  }

  /** Says which of the source's files the record is that is added next. */
  public void placeIn(String nameOfFile) {
    file = nameOfFile;
  }

  /** Gives the record that is added next the place of one of another chunk. */
  public void placeAs(RecordChunk other, int record) {
    fileByte = other.rawFileByte(record);
    file = other.file(record);
  }

  /** Adds a record; {@code length} bytes of {@code source} from {@code offset} on. */
  public void add(byte[] source, int offset, int length, long position, long timestampMillis) {
    System.arraycopy(source, offset, reserve(length), filled, length);
    addReserved(length, position, timestampMillis);
  }

  /**
   * Makes room for {@code length} more bytes and returns the array to write them to, from {@link
   * #filled} on; {@link #addReserved} then makes a record of them.
   */
  public byte[] reserve(int length) {
    int needed = Math.addExact(filled, length);
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(needed, bytes.length + (bytes.length >> 1)));
    }
    return bytes;
  }

  /** Makes a record of the bytes just written behind {@link #filled}. */
  public void addReserved(int length, long position, long timestampMillis) {
    if (count == ends.length) {
      ends = Arrays.copyOf(ends, count * 2);
      positions = Arrays.copyOf(positions, count * 2);
      timestamps = Arrays.copyOf(timestamps, count * 2);
      fileBytes = Arrays.copyOf(fileBytes, count * 2);
    }
    filled += length;
    ends[count] = filled;
    positions[count] = position;
    timestamps[count] = timestampMillis;
    fileBytes[count] = fileByte;
    if (file != null) {
      padTo(count, files);
      files.add(file);
    }
    count++;
    nextPosition = shuffled ? nextPosition + 1 : position + 1;
  }

  /**
   * Adds a record without bytes in the place of one that cannot be read: a decoder counts it as
   * rejected, for this reason.
   */
  public void addFault(RejectionReason reason, String detail, long position, long timestampMillis) {
    padTo(count, faults);
    faults.add(new Fault(reason, detail));
    addReserved(0, position, timestampMillis);
  }

  /**
   * Makes the chunk one run of {@code records} records without delimiters, in {@code schema}, as an
   * Avro container's block holds them: only a decoder that reads them in turn can tell where each
   * ends.
   */
  public void addRun(byte[] source, int length, int records, long firstPosition, Schema schema) {
    System.arraycopy(source, 0, reserve(length), 0, length);
    addReservedRun(length, records, firstPosition, schema);
  }

  /**
   * Makes the chunk a run, as {@link #addRun} does, of the bytes just written to the array that
   * {@link #reserve} returned for the empty chunk.
   */
  public void addReservedRun(int length, int records, long firstPosition, Schema schema) {
    filled = length;
    count = records;
    delimited = false;
    this.firstPosition = firstPosition;
    nextPosition = firstPosition + records;
    writerSchema = schema;
  }

  /**
   * Makes separate records of a run, which nobody has skipped any of.
   *
   * @param recordEnds where each record ends in {@link #bytes}
   * @param sound how many records those are
   * @param detail why the records behind the sound ones cannot be told apart; each is then a fault
   */
  public void delimit(int[] recordEnds, int sound, String detail) {
    int records = count;
    long first = firstPosition;
    delimited = true;
    count = 0;
    filled = 0;
    for (int i = 0; i < records; i++) {
      if (i < sound) {
        addReserved(recordEnds[i] - filled, first + i, 0);
      } else {
        addFault(RejectionReason.MALFORMED, detail, first + i, 0);
      }
    }
  }

  /**
   * Puts other bytes in the place of the records' own, at the same positions. A run becomes
   * separate records, without those to be read over.
   *
   * @param source taken over, not copied
   * @param recordEnds where each record ends in it
   * @param instead a fault for each record, or null; the record's bytes stay beside it
   */
  public void rewrite(byte[] source, int[] recordEnds, List<@Nullable Fault> instead) {
    int kept = count - skipped;
    if (!delimited) {
      positions = new long[kept];
      timestamps = new long[kept];
      fileBytes = new long[kept];
      Arrays.fill(fileBytes, fileByte);
      Arrays.setAll(positions, i -> firstPosition + skipped + i);
    }
    delimited = true;
    bytes = source;
    ends = Arrays.copyOf(recordEnds, Math.max(kept, ends.length));
    positions = Arrays.copyOf(positions, ends.length);
    timestamps = Arrays.copyOf(timestamps, ends.length);
    fileBytes = Arrays.copyOf(fileBytes, ends.length);
    filled = kept == 0 ? 0 : ends[kept - 1];
    count = kept;
    skipped = 0;
    faults.clear();
    faults.addAll(instead);
  }

  /** Says why a decoder is to reject a record, whose bytes stay beside that. */
  public void fault(int record, Fault fault) {
    padTo(record + 1, faults);
    faults.set(record, fault);
  }

  private static <T> void padTo(int size, List<@Nullable T> list) {
    while (list.size() < size) {
      list.add(null);
    }
  }

  /** Adds {@code distance} to every position. */
  public void shift(long distance) {
    firstPosition += distance;
    nextPosition += distance;
    for (int i = 0; delimited && i < count; i++) {
      positions[i] += distance;
    }
  }

  /**
   * Says that the first {@code records} of a run were settled by an earlier reading: a decoder
   * reads over them, neither delivers nor counts them, and positions stay as they are.
   */
  public void skip(int records) {
    skipped = records;
  }

  /** Says that everything before {@code position} is in chunks up to this one. */
  public void settleUpTo(long position) {
    nextPosition = position;
  }

  /**
   * Says that the source no longer has {@code positions} that were due, the last of them just
   * before {@link #nextPosition}. Such a chunk is without records.
   */
  public void lose(long positions) {
    lost = positions;
  }

  /** Marks that behind this chunk the source has nothing more to give for the moment. */
  public void markCaughtUp() {
    caughtUp = true;
  }

  public void writerSchema(@Nullable Schema schema) {
    writerSchema = schema;
  }

  /** Sets the names of the columns, where each file brings its own. */
  public void header(@Nullable List<String> columns) {
    header = columns;
  }

  /** Says where the envelopes of the records are, for whoever asks before {@link #release}. */
  public void envelopes(Envelope.Provider provider) {
    envelopes = provider;
  }

  /** Gives the record added last the envelope of one of another chunk, which may be released. */
  public void keepEnvelope(Envelope envelope) {
    if (!envelope.equals(Envelope.NONE)) {
      padTo(count - 1, keptEnvelopes);
      keptEnvelopes.add(envelope);
      envelopes = this::keptEnvelope;
    }
  }

  private Envelope keptEnvelope(int i) {
    Envelope kept = i < keptEnvelopes.size() ? keptEnvelopes.get(i) : null;
    return kept == null ? Envelope.NONE : kept;
  }

  /** Has every envelope changed before anybody sees it. */
  public void mapEnvelopes(UnaryOperator<Envelope> change) {
    Envelope.Provider raw = envelopes;
    envelopes = i -> change.apply(raw.of(i));
  }

  /** What came with record {@code i}; made anew at each call, so only for the few rejected. */
  public Envelope envelope(int i) {
    return envelopes.of(i);
  }

  public SourcePartition partition() {
    return partition;
  }

  /** Number of records. */
  public int count() {
    return count;
  }

  /** Whether {@link #start(int)} and {@link #end} are known; else see {@link #addRun}. */
  public boolean delimited() {
    return delimited;
  }

  /** Whether records come in another order than that of their positions. */
  public boolean shuffled() {
    return shuffled;
  }

  public byte[] bytes() {
    return bytes;
  }

  /** Bytes in use. */
  public int filled() {
    return filled;
  }

  /** Where record {@code i} begins in {@link #bytes}. */
  public int start(int i) {
    return i == 0 ? 0 : ends[i - 1];
  }

  /** Just past record {@code i}'s last byte. */
  public int end(int i) {
    return ends[i];
  }

  /** Source position of record {@code i}. */
  public long position(int i) {
    return delimited ? positions[i] : firstPosition + i;
  }

  /**
   * When the source says record {@code i} was made, in milliseconds since 1970; 0 if it does not.
   */
  public long timestampMillis(int i) {
    return delimited ? timestamps[i] : 0;
  }

  /**
   * Byte of its file, unpacked, at which record {@code i} begins, or the block that has it; null
   * where it is not from a file.
   */
  public @Nullable Long fileByte(int i) {
    long known = rawFileByte(i);
    return known == NO_BYTE ? null : known;
  }

  private long rawFileByte(int i) {
    return delimited ? fileBytes[i] : fileByte;
  }

  /** Which of the source's files record {@code i} is; null where that is the source itself. */
  public @Nullable String file(int i) {
    return i < files.size() ? files.get(i) : null;
  }

  /** Why record {@code i} cannot be read; null, as nearly always, if it can. */
  public @Nullable Fault fault(int i) {
    return i < faults.size() ? faults.get(i) : null;
  }

  /** How many records at the start of a run are to be read over; see {@link #skip}. */
  public int skipped() {
    return skipped;
  }

  /** How many positions the source no longer has; see {@link #lose}. */
  public long lost() {
    return lost;
  }

  /** Position that the chunk was started at, or that of a run's first record. */
  public long firstPosition() {
    return firstPosition;
  }

  /** Position just past everything settled by this chunk, gaps in the source included. */
  public long nextPosition() {
    return nextPosition;
  }

  public boolean caughtUp() {
    return caughtUp;
  }

  /** Schema the records were written in, where the source knows it. */
  public @Nullable Schema writerSchema() {
    return writerSchema;
  }

  /** Names of the columns, where each file brings its own: the first line of a CSV file. */
  public @Nullable List<String> header() {
    return header;
  }

  /** Bytes of memory held for records, used or not. */
  int capacityBytes() {
    return bytes.length;
  }

  /** Gives the chunk back to its source; nobody may touch it afterwards. */
  public void release() {
    envelopes = NO_ENVELOPES; // it may hold on to what the source has read
    recycler.recycle(this);
  }
}
