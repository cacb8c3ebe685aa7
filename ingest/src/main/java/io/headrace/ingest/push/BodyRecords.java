package io.headrace.ingest.push;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.ChunkPool;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.push.PushOutcome.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.avro.Schema;

/**
 * The records of a request that is answered and not kept, as a decoder takes them: the first at
 * position 0. Thread-safe.
 */
public final class BodyRecords {
  /** How a body holds its records. */
  public enum Form {
    /** One JSON object, or an array of them. */
    JSON,
    /** One JSON object a line. */
    JSON_LINES,
    /** An Avro container, or one record in Avro's single-object encoding; its first bytes tell. */
    AVRO
  }

  /** What a body is found to be. */
  public sealed interface Found {
    /** Its records, at least one, in order; each chunk is to be released. */
    record Records(List<RecordChunk> chunks) implements Found {
      public Records {
        chunks = List.copyOf(chunks);
      }
    }

    /**
     * Something else.
     *
     * @param detail what is wrong with it, for a person
     */
    record Unreadable(Reason reason, String detail) implements Found {}
  }

  private static final SourcePartition REQUEST = new SourcePartition("request", 0);
  private static final JsonFactory JSON = new JsonFactory();
  private static final byte SINGLE_OBJECT = (byte) 0xC3;

  private final int maxBytes;
  private final LinesBody lines = new LinesBody(List.of());
  private final ContainerBody containers;
  private final ChunkPool chunks = new ChunkPool();

  /**
   * @param maxBytes the largest body, packed or unpacked
   */
  public BodyRecords(int maxBytes) {
    this.maxBytes = maxBytes;
    this.containers = new ContainerBody(maxBytes);
  }

  /** Cuts a body, whose bytes may be moved within it. */
  public Found of(Form form, byte[] body) {
    try {
      return new Found.Records(cut(form, body));
    } catch (UnreadableBodyException e) {
      return new Found.Unreadable(e.reason(), e.detail());
    }
  }

  private List<RecordChunk> cut(Form form, byte[] body) throws UnreadableBodyException {
    if (body.length > maxBytes) {
      throw new UnreadableBodyException(
          Reason.TOO_LARGE,
          "The body has %d bytes, serve.max-request-bytes is %d. Ask in parts."
              .formatted(body.length, maxBytes));
    }
    return switch (form) {
      case JSON -> List.of(json(body));
      case JSON_LINES -> chunks(lines.cut(body));
      case AVRO ->
          body.length > 0 && body[0] == SINGLE_OBJECT
              ? List.of(whole(body))
              : chunks(containers.cut(body));
    };
  }

  private RecordChunk json(byte[] body) throws UnreadableBodyException {
    int first = 0;
    while (first < body.length && body[first] <= ' ' && body[first] >= 0) {
      first++;
    }
    if (first == body.length) {
      throw unreadable("The body is empty. Send a JSON object, or an array of them.");
    }
    return body[first] == '[' ? array(body) : whole(body);
  }

  private RecordChunk whole(byte[] body) {
    RecordChunk chunk = start(0);
    chunk.add(body, 0, body.length, 0, 0);
    return chunk;
  }

  private RecordChunk array(byte[] body) throws UnreadableBodyException {
    RecordChunk chunk = start(0);
    int number = 0;
    try (JsonParser parser = JSON.createParser(body)) {
      parser.nextToken();
      for (JsonToken token = parser.nextToken();
          token != JsonToken.END_ARRAY;
          token = parser.nextToken()) {
        if (token != JsonToken.START_OBJECT) {
          throw unreadable("Row %d is no JSON object.".formatted(number));
        }
        int from = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        int to = (int) parser.currentLocation().getByteOffset();
        chunk.add(body, from, to - from, number++, 0);
      }
      if (parser.nextToken() != null) {
        throw unreadable("There is more behind the JSON array.");
      }
    } catch (IOException e) {
      String what = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw unreadable("Row %d cannot be read: %s".formatted(number, what));
    }
    if (number == 0) {
      throw unreadable("The array is empty. Put at least one object into it.");
    }
    return chunk;
  }

  private static UnreadableBodyException unreadable(String detail) {
    return new UnreadableBodyException(Reason.UNREADABLE, detail);
  }

  private List<RecordChunk> chunks(PushBody.Cut cut) {
    List<RecordChunk> all = new ArrayList<>();
    Schema schema = cut.schema().isEmpty() ? null : new Schema.Parser().parse(cut.schema());
    int position = 0;
    for (PushedBlock block : cut.blocks()) {
      RecordChunk chunk = start(position);
      if (block.ends == null) {
        chunk.addRun(
            block.bytes, block.length, block.records, position, Objects.requireNonNull(schema));
      } else {
        block.addTo(chunk, 0, position, 0);
      }
      position += block.records;
      all.add(chunk);
    }
    return all;
  }

  private RecordChunk start(long position) {
    RecordChunk chunk = chunks.take();
    chunk.start(REQUEST, position);
    return chunk;
  }
}
