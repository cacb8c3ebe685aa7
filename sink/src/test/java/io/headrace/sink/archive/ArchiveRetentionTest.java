package io.headrace.sink.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.sink.ArchiveSettings;
import io.headrace.sink.seal.FileSeal;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an archive lets go by age, each cut together. */
class ArchiveRetentionTest {
  private static final SampleSchema SCHEMA =
      new SampleSchema(
          List.of(new SampleSchema.Input("x", new InputSpec.Dense(List.of(1)))),
          new LabelSpec.Numeric());
  private static final SourcePartition PARTITION = new SourcePartition("t", 0);
  private static final int ROWS = 10;

  @TempDir private Path folder;
  private final List<String> alerts = new ArrayList<>();
  private long now = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();

  private DirectoryArchive open(Ledger at) {
    var settings =
        new ArchiveSettings(
            folder, 1 << 20, Optional.of(Duration.ofHours(24)), OptionalLong.empty());
    var archive =
        new DirectoryArchive(
            settings,
            "job",
            SCHEMA,
            ROWS,
            FileSeal.NONE,
            alerts::add,
            () -> Instant.ofEpochMilli(now));
    archive.resume(at);
    return archive;
  }

  private static Ledger learned(long parts) {
    var entries = new TreeMap<SourcePartition, Ledger.Entry>();
    if (parts > 0) {
      entries.put(PARTITION, new Ledger.Entry(parts * ROWS, parts * ROWS, 0, 0));
    }
    return new Ledger(entries);
  }

  /** Learns the rows of one more part, and ends it. */
  private static void part(DirectoryArchive archive, int number) {
    var block = new SampleBlock(SCHEMA, ROWS);
    block.start(PARTITION, (number - 1L) * ROWS);
    for (int i = 0; i < ROWS; i++) {
      block.dense(0).values().setAtIndex(ValueLayout.JAVA_FLOAT, i, i);
      block.commitRow(1, 1, 0, (number - 1L) * ROWS + i);
    }
    archive.offer(block);
    archive.settle(number, row -> true);
    archive.cut(number, learned(number));
    archive.awaitCut();
  }

  private List<Long> steps() {
    return ArchiveReader.open(folder, FileSeal.NONE).cuts().stream().map(Cut::step).toList();
  }

  private long samples() throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(".avro")).count();
    }
  }

  private void passHours(int hours) {
    now += Duration.ofHours(hours).toMillis();
  }

  @Test
  void aPartIsLetGoWhenItIsOlderThanThatAndTheNewestNever() throws Exception {
    try (DirectoryArchive archive = open(Ledger.EMPTY)) {
      part(archive, 1);
      passHours(12);
      part(archive, 2);
      passHours(12); // the first is just as old as may be
      part(archive, 3);
      assertThat(steps()).containsExactly(1L, 2L, 3L);
      passHours(1);
      part(archive, 4);
      assertThat(steps()).containsExactly(2L, 3L, 4L);
      assertThat(samples()).isEqualTo(3);
    }
    passHours(100);
    try (DirectoryArchive archive = open(learned(4))) { // a later run does what this one was to
      part(archive, 5);
      assertThat(steps()).containsExactly(5L);
      assertThat(samples()).isEqualTo(1);
    }
    var whole = ArchiveReader.open(folder, FileSeal.NONE).verify(Optional.of(learned(5)));
    assertThat(whole.samples()).isEqualTo(ROWS);
    assertThat(whole.problems()).isEmpty();
    assertThat(alerts).isEmpty();
  }

  @Test
  void whatWasPutAsideGoesByItsOwnAge() throws Exception {
    try (DirectoryArchive archive = open(Ledger.EMPTY)) {
      part(archive, 1);
      part(archive, 2);
    }
    try (DirectoryArchive archive = open(learned(1))) {
      Path aside = folder.resolve("behind-2");
      assertThat(aside).isDirectory();
      Files.setLastModifiedTime(aside, FileTime.fromMillis(now));
      passHours(23);
      part(archive, 2);
      assertThat(aside).isDirectory();
      passHours(2);
      part(archive, 3);
      assertThat(aside).doesNotExist();
      assertThat(steps()).containsExactly(2L, 3L);
    }
    assertThat(alerts).hasSize(1);
  }
}
