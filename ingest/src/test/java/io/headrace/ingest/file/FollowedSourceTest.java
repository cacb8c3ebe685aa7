package io.headrace.ingest.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.sample.Positions;
import io.headrace.ingest.ChunkCollector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FollowedSourceTest {
  @TempDir Path folder;

  private final List<String> seen = new CopyOnWriteArrayList<>();

  @Test
  void givesWhatIsWrittenAndEndsItsThreadWhenNobodyWantsMore() throws Exception {
    var source = new FollowedSource(folder, "f", new FileFormat.Lines(), FileLimits.DEFAULT, 1);
    var collector =
        new ChunkCollector(
            chunk -> {
              for (int i = 0; i < chunk.count(); i++) {
                int length = chunk.end(i) - chunk.start(i);
                seen.add(new String(chunk.bytes(), chunk.start(i), length, StandardCharsets.UTF_8));
              }
            });
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

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("headrace-follow"))
        .count();
  }
}
