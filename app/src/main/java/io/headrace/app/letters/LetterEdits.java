package io.headrace.app.letters;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.engine.error.HeadraceException;
import io.headrace.schemas.RejectedSample;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Letters as lines of JSON that people edit: {@code letter} says which, {@code text} (or {@code
 * base64}, where the bytes are no text) what goes back in its place. Stateless.
 */
public final class LetterEdits {
  private static final ObjectMapper JSON = new ObjectMapper();

  private LetterEdits() {}

  /** Writes a new file, and tells how many letters are in it. */
  public static long write(Letters letters, LetterFilter filter, Path to) {
    var written = new AtomicLong();
    try (BufferedWriter out =
        Files.newBufferedWriter(to, java.nio.file.StandardOpenOption.CREATE_NEW)) {
      letters.forEach(
          filter,
          letter -> {
            try {
              out.write(line(letter));
              out.newLine();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
            written.incrementAndGet();
          });
    } catch (IOException | UncheckedIOException e) {
      throw new HeadraceException(
          "--to %s: cannot be written (%s). Name a new file in a writable folder.".formatted(to, e),
          e);
    }
    return written.get();
  }

  private static String line(RejectedSample letter) throws JsonProcessingException {
    ObjectNode line = JSON.createObjectNode();
    line.put("letter", LetterId.of(letter).toString());
    line.put("reason", letter.getReason());
    line.put("detail", letter.getDetail());
    byte[] payload = LetterView.payload(letter);
    if (!LetterView.whole(letter)) {
      line.put(
          "cut",
          "only %d of %d bytes were kept: put the whole record into text or base64"
              .formatted(payload.length, letter.getPayloadBytes()));
      line.putNull("text");
    } else if (LetterView.isText(payload)) {
      line.put("text", new String(payload, StandardCharsets.UTF_8));
    } else {
      line.put("base64", Base64.getEncoder().encodeToString(payload));
    }
    return JSON.writeValueAsString(line);
  }

  /**
   * Reads edited lines, in order; a line whose {@code text} is null is left out.
   *
   * @throws HeadraceException if a line is none of those, or a letter comes twice
   */
  public static Map<LetterId, byte[]> read(Path file) {
    try {
      return parse("--repaired " + file, Files.readAllLines(file));
    } catch (CharacterCodingException e) {
      throw new HeadraceException("--repaired %s: is not UTF-8 text.".formatted(file), e);
    } catch (IOException e) {
      throw new HeadraceException(
          "--repaired %s: cannot be read (%s). Make it with export.".formatted(file, e), e);
    }
  }

  /**
   * The same of lines that came otherwise.
   *
   * @param from where they came from, for messages
   */
  public static Map<LetterId, byte[]> parse(String from, List<String> lines) {
    Map<LetterId, byte[]> edits = new LinkedHashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).isBlank()) {
        continue;
      }
      try {
        JsonNode line = JSON.readTree(lines.get(i));
        if (line.path("text").isNull()) {
          continue;
        }
        if (edits.put(LetterId.parse(line.path("letter").asText()), payload(line)) != null) {
          throw new IllegalArgumentException(line.path("letter") + " comes a second time");
        }
      } catch (JsonProcessingException | IllegalArgumentException e) {
        throw new HeadraceException(
            "%s line %d: %s. Each line is {\"letter\": \"source/partition/position\", \"text\": \"...\"}, or base64 in place of text."
                .formatted(from, i + 1, e.getMessage()),
            e);
      }
    }
    return edits;
  }

  private static byte[] payload(JsonNode line) {
    if (line.path("text").isTextual()) {
      return line.path("text").asText().getBytes(StandardCharsets.UTF_8);
    }
    if (line.path("base64").isTextual()) {
      return Base64.getDecoder().decode(line.path("base64").asText());
    }
    throw new IllegalArgumentException("there is neither text nor base64");
  }
}
