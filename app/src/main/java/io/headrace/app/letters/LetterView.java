package io.headrace.app.letters;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.app.report.PrettyJson;
import io.headrace.schemas.RecordHeader;
import io.headrace.schemas.RejectedSample;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** One letter, all of it, for a person and for a program. */
public record LetterView(RejectedSample letter, ReplayLog log) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LINE_BYTES = 16;
  private static final int SHOWN_BYTES = 4096;

  /** Whether nothing of the record's bytes was cut off, and there are some. */
  static boolean whole(RejectedSample letter) {
    int kept = letter.getPayload().remaining();
    return kept > 0 && kept >= letter.getPayloadBytes();
  }

  static byte[] payload(RejectedSample letter) {
    return bytes(letter.getPayload());
  }

  /** What a buffer has left, which stays there. */
  static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  /** Whether the bytes are UTF-8 without control characters other than white space. */
  static boolean isText(byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.chars().noneMatch(c -> Character.isISOControl(c) && !Character.isWhitespace(c));
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  public String text() {
    var lines = new StringJoiner(System.lineSeparator());
    lines.add("letter    " + LetterId.of(letter));
    lines.add("job       " + letter.getJob());
    lines.add("rejected  " + letter.getRejectedAt());
    lines.add("reason    " + letter.getReason());
    lines.add("detail    " + letter.getDetail());
    if (letter.getFile() != null) {
      lines.add("file      " + letter.getFile());
    }
    if (letter.getFileByte() != null) {
      lines.add("at byte   " + letter.getFileByte());
    }
    lines.add("to do     " + Remedy.of(letter.getReason()));
    lines.add("replays   " + log.replaysOf(letter) + (log.has(letter) ? ", put back since" : ""));
    if (letter.getKey() != null) {
      lines.add("key       " + shown(TopicTarget.bytes(letter.getKey())));
    }
    for (RecordHeader header : letter.getHeaders()) {
      lines.add(
          "header    " + header.getKey() + " = " + shown(TopicTarget.bytes(header.getValue())));
    }
    byte[] payload = payload(letter);
    lines.add(
        String.format(
            Locale.ROOT,
            "payload   %,d bytes%s",
            letter.getPayloadBytes(),
            whole(letter) ? "" : String.format(Locale.ROOT, ", %,d kept", payload.length)));
    lines.add(isText(payload) ? start(payload) : hex(payload));
    return Printable.of(lines.toString());
  }

  private static String start(byte[] payload) {
    String text = new String(payload, StandardCharsets.UTF_8);
    return text.length() <= SHOWN_BYTES ? text : text.substring(0, SHOWN_BYTES) + "...";
  }

  private static String shown(byte @Nullable [] bytes) {
    if (bytes == null) {
      return "null";
    }
    return isText(bytes)
        ? new String(bytes, StandardCharsets.UTF_8)
        : "0x" + HexFormat.of().formatHex(bytes);
  }

  /** Lines of sixteen bytes: where, in hexadecimal, as ASCII. */
  static String hex(byte[] bytes) {
    var lines = new StringJoiner(System.lineSeparator());
    int shown = Math.min(bytes.length, SHOWN_BYTES);
    for (int from = 0; from < shown; from += LINE_BYTES) {
      int to = Math.min(from + LINE_BYTES, shown);
      var ascii = new StringBuilder();
      for (int i = from; i < to; i++) {
        ascii.append(bytes[i] >= ' ' && bytes[i] < 0x7f ? (char) bytes[i] : '.');
      }
      String digits = HexFormat.ofDelimiter(" ").formatHex(bytes, from, to);
      lines.add(String.format(Locale.ROOT, "%08x  %-47s  %s", from, digits, ascii));
    }
    if (shown < bytes.length) {
      lines.add("...");
    }
    return lines.toString();
  }

  public String json() {
    ObjectNode root = JSON.createObjectNode();
    put(root, letter, log);
    root.put("job", letter.getJob());
    root.put("remedy", Remedy.of(letter.getReason()));
    root.put("key", base64(TopicTarget.bytes(letter.getKey())));
    var headers = root.putArray("headers");
    for (RecordHeader header : letter.getHeaders()) {
      headers
          .addObject()
          .put("key", header.getKey())
          .put("base64", base64(TopicTarget.bytes(header.getValue())));
    }
    byte[] payload = payload(letter);
    if (isText(payload)) {
      root.put("text", new String(payload, StandardCharsets.UTF_8));
    } else {
      root.put("base64", base64(payload));
    }
    return PrettyJson.text(root);
  }

  /** What a list tells of a letter. */
  static void put(ObjectNode into, RejectedSample letter, ReplayLog log) {
    into.put("letter", LetterId.of(letter).toString())
        .put("source", letter.getSource())
        .put("partition", letter.getPartition())
        .put("position", letter.getPosition())
        .put("file", letter.getFile())
        .put("fileByte", letter.getFileByte())
        .put("reason", letter.getReason())
        .put("detail", letter.getDetail())
        .put("rejectedAt", letter.getRejectedAt().toString())
        .put("payloadBytes", letter.getPayloadBytes())
        .put("whole", whole(letter))
        .put("replays", log.replaysOf(letter))
        .put("replayed", log.has(letter));
  }

  private static @Nullable String base64(byte @Nullable [] bytes) {
    return bytes == null ? null : Base64.getEncoder().encodeToString(bytes);
  }
}
