package io.headrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.sample.Positions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourcesTest {
  @TempDir Path folder;

  private SampleSource open(String name, Map<String, ?> settings) {
    return Sources.variants().create(Sources.variants().spec(name, settings)).open(folder);
  }

  @Test
  void opensAFileRelativeToTheJobsFolder() throws IOException {
    Files.writeString(folder.resolve("rows.csv"), "a;b\n1;2\n3;4\n");
    SampleSource source =
        open("file", Map.of("path", "rows.csv", "format", "csv", "delimiter", ";"));
    RecordChunk chunk =
        java.util.Objects.requireNonNull(source.chunks(Positions.START).blockFirst());
    assertThat(chunk).isNotNull();
    assertThat(chunk.count()).isEqualTo(2);
    assertThat(chunk.header()).isEqualTo(List.of("a", "b"));
  }

  @Test
  void saysAtOnceThatAFileIsMissing() {
    assertThatThrownBy(() -> open("file", Map.of("path", "rows.avro", "format", "avro")))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("there is no file rows.avro");
  }

  @Test
  void csvWithoutAHeaderNeedsColumns() {
    var file = Map.of("path", "x", "format", "csv", "header", false);
    assertThatThrownBy(() -> open("file", file))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("the columns have to be named");
    assertThatThrownBy(() -> open("kafka", Map.of("topic", "t", "format", "csv")))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("the columns have to be named");
  }

  @Test
  void aDelimiterIsOneUsableCharacter() {
    for (String wrong : List.of(";;", "\"", "é")) {
      assertThatThrownBy(
              () -> open("file", Map.of("path", "x", "format", "csv", "delimiter", wrong)))
          .isInstanceOf(InvalidSettingException.class);
    }
  }

  @Test
  void aRegistryNeedsIdsToAskFor() {
    var registry = Map.of("url", "http://registry:8081");
    var avro = Map.of("topic", "t", "format", "avro", "registry", registry);
    assertThat(open("kafka", avro)).isNotNull();
    var bare = new HashMap<String, Object>(avro);
    bare.put("framing", "bare");
    var lines = new HashMap<String, Object>(avro);
    lines.put("format", "jsonl");
    for (Map<String, ?> wrong : List.of(bare, lines)) {
      assertThatThrownBy(() -> open("kafka", wrong))
          .isInstanceOf(InvalidSettingException.class)
          .hasMessageContaining("only format avro with framing confluent has ids of schemas");
    }
  }

  @Test
  void everySettingIsExplained() {
    Sources.variants()
        .all()
        .forEach(
            source ->
                assertThat(source.settings())
                    .allSatisfy(setting -> assertThat(setting.doc()).endsWith(".")));
  }

  @Test
  void suggestsTheNearestKey() {
    assertThatThrownBy(() -> open("kafka", Map.of("topik", "t", "format", "avro")))
        .hasMessageContaining("Did you mean 'topic'?");
  }
}
