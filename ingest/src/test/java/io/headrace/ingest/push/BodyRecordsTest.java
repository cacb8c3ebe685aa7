package io.headrace.ingest.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.push.BodyRecords.Form;
import io.headrace.ingest.push.BodyRecords.Found;
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

  private List<String> cut(Form form, String body) {
    List<String> texts = new ArrayList<>();
    long position = 0;
    Found.Records found = (Found.Records) records.of(form, body.getBytes(StandardCharsets.UTF_8));
    for (RecordChunk chunk : found.chunks()) {
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
  void anObjectIsOneRecordAsItStands() {
    assertThat(cut(Form.JSON, " \n{\n \"a\": 1}")).containsExactly(" \n{\n \"a\": 1}");
  }

  @Test
  void anArrayIsARecordForEachObject() {
    String nested = "{\"a\": [1, {\"b\": \"]},{ é\"}]}";
    assertThat(cut(Form.JSON, " [ {}\n, " + nested + " , {\"ü\":\"\\\"\"}]\n"))
        .containsExactly("{}", nested, "{\"ü\":\"\\\"\"}");
  }

  @Test
  void linesAreRecordsAndBlankOnesAreNone() {
    assertThat(cut(Form.JSON_LINES, "{\"a\": 1}\r\n\n{\"a\": 2}"))
        .containsExactly("{\"a\": 1}", "{\"a\": 2}");
  }

  @Test
  void aSingleObjectIsOneRecord() {
    byte[] body = {(byte) 0xC3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 42};
    RecordChunk chunk = ((Found.Records) records.of(Form.AVRO, body)).chunks().getFirst();
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
    assertUnreadable(form, body, Reason.UNREADABLE, words);
  }

  private void assertUnreadable(Form form, String body, Reason reason, String... words) {
    assertThat(records.of(form, body.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOfSatisfying(
            Found.Unreadable.class,
            found -> {
              assertThat(found.reason()).isEqualTo(reason);
              assertThat(found.detail()).contains(words);
            });
  }

  @Test
  void refusesABodyThatIsTooLarge() {
    assertUnreadable(
        Form.JSON,
        "[" + " ".repeat(1000) + "]",
        Reason.TOO_LARGE,
        "1002 bytes",
        "max-request-bytes is 1000");
  }
}
