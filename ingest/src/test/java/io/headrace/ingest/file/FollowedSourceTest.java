package io.headrace.ingest.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.sample.Positions;
import io.headrace.ingest.ChunkCollector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FollowedSourceTest {
  private static final int ROTATIONS = 100;

  @TempDir Path folder;

  private final Random random = new Random(7);

  private final List<String> seen = new CopyOnWriteArrayList<>();

  @Test
  void givesWhatIsWrittenAndEndsItsThreadWhenNobodyWantsMore() throws Exception {
    var source = new FollowedSource(folder, "f", new FileFormat.Lines(), FileLimits.DEFAULT, 1);
    ChunkCollector collector = collector();
    source.chunks(Positions.START).subscribe(collector);
    collector.ask(Long.MAX_VALUE);
    for (int i = 0; i < 20; i++) {
      String line = "line " + i;
      Files.writeString(
          folder.resolve("f"), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      ChunkCollector.await(line, () -> seen.contains(line));
    }
    assertThat(seen).hasSize(20);
    assertThat(threads()).isPositive();
    collector.cancel();
    ChunkCollector.await("the end of its thread", () -> threads() == 0);
    ChunkCollector.await("chunks given back", () -> source.chunksOutstanding() == 0);
    assertThat(collector.failure()).isNull();
  }

  @RepeatedTest(10)
  void missesNoFileThatIsRotatedWhileItLooks() throws Exception {
    var source = new FollowedSource(folder, "f", new FileFormat.Lines(), FileLimits.DEFAULT, 1);
    ChunkCollector collector = collector();
    source.chunks(Positions.START).subscribe(collector);
    collector.ask(Long.MAX_VALUE);
    Files.writeString(folder.resolve("f"), "line 0\n");
    ChunkCollector.await("the first line", () -> seen.contains("line 0"));
    for (int i = 1; i < ROTATIONS; i++) {
      LockSupport.parkNanos(random.nextInt(2_000_000));
      Files.move(folder.resolve("f"), folder.resolve("f." + i));
      Files.writeString(folder.resolve("f"), "line " + i + "\n");
    }
    Files.move(folder.resolve("f"), folder.resolve("f." + ROTATIONS));
    Files.writeString(folder.resolve("f"), "last line\n");
    ChunkCollector.await("the last line", () -> seen.contains("last line"));
    collector.cancel();
    ChunkCollector.await("the end of its thread", () -> threads() == 0);
    assertThat(seen).doesNotHaveDuplicates().hasSize(ROTATIONS + 1);
    assertThat(collector.failure()).isNull();
  }

  private ChunkCollector collector() {
    return new ChunkCollector(
        chunk -> {
          for (int i = 0; i < chunk.count(); i++) {
            int length = chunk.end(i) - chunk.start(i);
            seen.add(new String(chunk.bytes(), chunk.start(i), length, StandardCharsets.UTF_8));
          }
        });
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("headrace-follow"))
        .count();
  }
}
