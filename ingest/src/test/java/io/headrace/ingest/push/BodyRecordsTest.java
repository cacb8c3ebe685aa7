package io.headrace.ingest.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.push.BodyRecords.Form;
import io.headrace.ingest.push.PushOutcome.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the body of a request for predictions is cut into records. */
class BodyRecordsTest {
  private final BodyRecords records = new BodyRecords(1000);

  private List<String> cut(Form form, String body) throws UnreadableBodyException {
    List<String> texts = new ArrayList<>();
    long position = 0;
    for (RecordChunk chunk : records.of(form, body.getBytes(StandardCharsets.UTF_8))) {
      for (int i = 0; i < chunk.count(); i++) {
        assertThat(chunk.position(i)).isEqualTo(position++);
        int start = chunk.start(i);
        texts.add(new String(chunk.bytes(), start, chunk.end(i) - start, StandardCharsets.UTF_8));
      }
      chunk.release();
    }
    return texts;
  }

  @Test
  void anObjectIsOneRecordAsItStands() throws Exception {
    assertThat(cut(Form.JSON, " \n{\n \"a\": 1}")).containsExactly(" \n{\n \"a\": 1}");
  }

  @Test
  void anArrayIsARecordForEachObject() throws Exception {
    String nested = "{\"a\": [1, {\"b\": \"]},{ é\"}]}";
    assertThat(cut(Form.JSON, " [ {}\n, " + nested + " , {\"ü\":\"\\\"\"}]\n"))
        .containsExactly("{}", nested, "{\"ü\":\"\\\"\"}");
  }

  @Test
  void linesAreRecordsAndBlankOnesAreNone() throws Exception {
    assertThat(cut(Form.JSON_LINES, "{\"a\": 1}\r\n\n{\"a\": 2}"))
        .containsExactly("{\"a\": 1}", "{\"a\": 2}");
  }

  @Test
  void aSingleObjectIsOneRecord() throws Exception {
    byte[] body = {(byte) 0xC3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 42};
    RecordChunk chunk = records.of(Form.AVRO, body).getFirst();
    assertThat(chunk.count()).isEqualTo(1);
    assertThat(chunk.end(0)).isEqualTo(body.length);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          JSON       | ''             | The body is empty
          JSON       | '  '           | The body is empty
          JSON       | []             | The array is empty
          JSON       | [{}, 7]        | Row 1 is no JSON object
          JSON       | [{}, {]        | Row 1 cannot be read
          JSON       | [{}            | Row 1
          JSON       | [{}] {}        | more behind the JSON array
          JSON_LINES | ''             | one on each line
          AVRO       | ''             | no whole Avro container
          AVRO       | Obj            | no whole Avro container
          """)
  void saysWhatIsWrongWithABody(Form form, String body, String words) {
    assertThatThrownBy(() -> cut(form, body))
        .isInstanceOfSatisfying(
            UnreadableBodyException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.UNREADABLE))
        .hasMessageContaining(words);
  }

  @Test
  void refusesABodyThatIsTooLarge() {
    assertThatThrownBy(() -> cut(Form.JSON, "[" + " ".repeat(1000) + "]"))
        .isInstanceOfSatisfying(
            UnreadableBodyException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TOO_LARGE))
        .hasMessageContaining("1002 bytes", "max-request-bytes is 1000");
  }
}
