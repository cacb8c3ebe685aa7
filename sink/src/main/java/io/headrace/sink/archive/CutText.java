package io.headrace.sink.archive;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.SourcePartition;
import java.io.IOException;
import java.util.List;
import java.util.TreeMap;

/** A cut as JSON: one list of partitions, one of files. Stateless. */
final class CutText {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final int VERSION = 1;

  private CutText() {}

  @JsonPropertyOrder({"version", "number", "job", "step", "createdAtMillis"})
  private record Text(
      int version,
      long number,
      String job,
      long step,
      long createdAtMillis,
      List<Account> from,
      List<Account> to,
      List<File> segments,
      List<Missing> missing,
      List<Cut.Withdrawn> withdrawn) {}

  private record Account(
      String source,
      int partition,
      long nextPosition,
      long trained,
      long rejected,
      long filtered,
      long lost) {}

  private record File(
      String file,
      String source,
      int partition,
      long firstPosition,
      long lastPosition,
      long firstStep,
      long lastStep,
      long rows,
      long bytes,
      String sha256) {}

  private record Missing(String source, int partition, long rows) {}

  static byte[] write(Cut cut) {
    var text =
        new Text(
            VERSION,
            cut.number(),
            cut.job(),
            cut.step(),
            cut.createdAtMillis(),
            accounts(cut.from()),
            accounts(cut.to()),
            cut.segments().stream().map(CutText::file).toList(),
            cut.missing().entrySet().stream()
                .map(e -> new Missing(e.getKey().source(), e.getKey().partition(), e.getValue()))
                .toList(),
            cut.withdrawn());
    try {
      return JSON.writeValueAsBytes(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("numbers and texts", e);
    }
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IOException if it is something else
   */
  static Cut read(byte[] bytes) throws IOException {
    Text text;
    try {
      text = JSON.readValue(bytes, Text.class);
    } catch (JsonProcessingException e) {
      throw new IOException("it is no list of files: " + e.getOriginalMessage(), e);
    }
    if (text.version() != VERSION || text.to() == null || text.segments() == null) {
      throw new IOException("it is of version %d, not %d".formatted(text.version(), VERSION));
    }
    var missing = new TreeMap<SourcePartition, Long>();
    text.missing().forEach(m -> missing.put(new SourcePartition(m.source, m.partition), m.rows));
    return new Cut(
        text.number(),
        text.job(),
        text.step(),
        text.createdAtMillis(),
        ledger(text.from()),
        ledger(text.to()),
        text.segments().stream().map(CutText::segment).toList(),
        missing,
        text.withdrawn());
  }

  private static List<Account> accounts(Ledger ledger) {
    return ledger.entries().entrySet().stream()
        .map(
            e ->
                new Account(
                    e.getKey().source(),
                    e.getKey().partition(),
                    e.getValue().nextPosition(),
                    e.getValue().trained(),
                    e.getValue().rejected(),
                    e.getValue().filtered(),
                    e.getValue().lost()))
        .toList();
  }

  private static Ledger ledger(List<Account> accounts) {
    var entries = new TreeMap<SourcePartition, Ledger.Entry>();
    for (Account a : accounts) {
      entries.put(
          new SourcePartition(a.source, a.partition),
          new Ledger.Entry(a.nextPosition, a.trained, a.rejected, a.filtered, a.lost));
    }
    return new Ledger(entries);
  }

  private static File file(Segment s) {
    return new File(
        s.file(),
        s.partition().source(),
        s.partition().partition(),
        s.firstPosition(),
        s.lastPosition(),
        s.firstStep(),
        s.lastStep(),
        s.rows(),
        s.bytes(),
        s.sha256());
  }

  private static Segment segment(File f) {
    return new Segment(
        f.file,
        new SourcePartition(f.source, f.partition),
        f.firstPosition,
        f.lastPosition,
        f.firstStep,
        f.lastStep,
        f.rows,
        f.bytes,
        f.sha256);
  }
}
