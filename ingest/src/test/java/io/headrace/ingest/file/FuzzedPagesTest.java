package io.headrace.ingest.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hardwood.InputFile;
import dev.hardwood.metadata.ColumnChunk;
import dev.hardwood.metadata.RowGroup;
import dev.hardwood.reader.ParquetFileReader;
import io.headrace.ingest.decode.FuzzSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Damaged pages of Parquet files: they cost no more than their row group, which says where it
 * begins. Long runs by {@link FuzzSettings}.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FuzzedPagesTest {
  private static final int ROUNDS = Math.max(100, FuzzSettings.RECORDS / 200);
  private static final int MOST_DAMAGED_BYTES = 8;

  @TempDir Path folder;

  private final Random random = new Random(FuzzSettings.SEED);

  /**
   * Rows {@code first} to {@code end} of a file, whose pages are bytes {@code from} to {@code to}.
   */
  private record Group(int number, int first, int end, int from, int to) {}

  @ParameterizedTest
  @ValueSource(strings = {"none-1", "snappy-1", "snappy-2", "gzip-2", "zstd-1", "lz4-2"})
  void damagedPagesCostNoMoreThanTheirRowGroup(String name) throws IOException {
    byte[] sound = ParquetFiles.bytes(name + ".parquet");
    Path file = Files.write(folder.resolve("f"), sound);
    var reading = new FileReading(folder, new FileFormat.Parquet(), FileLimits.DEFAULT);
    List<String> rows = reading.of("f");
    int rejected = 0;
    int otherLength = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Files.write(file, sound);
      Group group = group(file, random.nextInt(3));
      Files.write(file, damaged(sound, group));
      String what = "%s, seed %d, round %d, %s".formatted(name, FuzzSettings.SEED, round, group);
      List<String> seen = reading.of("f");
      int behind = rows.size() - group.end();
      assertThat(seen.size()).as(what).isGreaterThan(group.first() + behind);
      assertThat(seen.subList(0, group.first())).as(what).isEqualTo(rows.subList(0, group.first()));
      assertThat(seen.subList(seen.size() - behind, seen.size()))
          .as(what)
          .isEqualTo(rows.subList(group.end(), rows.size()));
      List<String> within = seen.subList(group.first(), seen.size() - behind);
      if (within.getFirst().startsWith(group.first() + " malformed: ")) {
        rejected++;
        otherLength += within.getFirst().contains("says that it unpacks to") ? 1 : 0;
        assertThat(within)
            .as(what)
            .singleElement()
            .asString()
            .contains(
                "row group %d, which begins at byte %d and has %d rows from %d on"
                    .formatted(
                        group.number(), group.from(), group.end() - group.first(), group.first()));
      } else { // where there is no checksum, other values may be as good
        assertThat(within).as(what).hasSize(group.end() - group.first());
        for (int i = 0; i < within.size(); i++) {
          assertThat(within.get(i)).as(what).startsWith(group.first() + i + " ");
        }
      }
    }
    System.out.printf(
        "fuzzed pages of %s, seed %d: %d of %d row groups rejected, %d of another length%n",
        name, FuzzSettings.SEED, rejected, ROUNDS, otherLength);
    assertThat(rejected).isBetween(1, ROUNDS);
    assertThat(otherLength > 0).as("length of Snappy").isEqualTo(name.startsWith("snappy"));
  }

  private static Group group(Path file, int number) throws IOException {
    try (var reader = ParquetFileReader.open(InputFile.of(file))) {
      List<RowGroup> groups = reader.getFileMetaData().rowGroups();
      long first = groups.subList(0, number).stream().mapToLong(RowGroup::numRows).sum();
      List<ColumnChunk> columns = groups.get(number).columns();
      ColumnChunk last = columns.getLast();
      return new Group(
          number,
          (int) first,
          (int) (first + groups.get(number).numRows()),
          (int) columns.getFirst().chunkStartOffset(),
          (int) (last.chunkStartOffset() + last.metaData().totalCompressedSize()));
    }
  }

  /** Other bytes in the place of a few, half the time near the head of the first page. */
  private byte[] damaged(byte[] sound, Group group) {
    byte[] bytes = sound.clone();
    int at = random.nextInt(group.from(), random.nextBoolean() ? group.from() + 64 : group.to());
    for (int i = at; i < Math.min(group.to(), at + random.nextInt(1, MOST_DAMAGED_BYTES)); i++) {
      bytes[i] ^= (byte) random.nextInt(1, 256);
    }
    return bytes;
  }
}
