package io.headrace.ingest.push;

import io.headrace.ingest.push.PushOutcome.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.message.BinaryMessageEncoder;

/**
 * Containers whose records are made single objects in the job's schema, as messages of a topic have
 * to be. A container with a record that cannot be read is refused as a whole.
 */
record SingleObjectBody(ContainerBody containers, Schema schema) implements PushBody {
  @Override
  public List<String> mediaTypes() {
    return containers.mediaTypes();
  }

  @Override
  public Cut cut(byte[] body) throws UnreadableBodyException {
    Cut runs = containers.cut(body);
    try {
      var reader = new GenericDatumReader<Object>(new Schema.Parser().parse(runs.schema()), schema);
      var writer = new BinaryMessageEncoder<Object>(GenericData.get(), schema, true);
      List<PushedBlock> blocks = new ArrayList<>();
      for (PushedBlock run : runs.blocks()) {
        blocks.add(messages(run, reader, writer));
      }
      return new Cut("", blocks);
    } catch (IOException | RuntimeException e) { // Avro fails on damage in many ways
      throw new UnreadableBodyException(
          Reason.UNREADABLE,
          "A record of the container cannot be read in the job's schema: %s. Send records of %s."
              .formatted(e.getMessage(), schema.getFullName()));
    }
  }

  private static PushedBlock messages(
      PushedBlock run, GenericDatumReader<Object> reader, BinaryMessageEncoder<Object> writer)
      throws IOException {
    BinaryDecoder in = DecoderFactory.get().binaryDecoder(run.bytes, 0, run.length, null);
    var bytes = new ByteArrayOutputStream(run.length * 2);
    int[] ends = new int[run.records];
    for (int i = 0; i < run.records; i++) {
      writer.encode(reader.read(null, in), bytes);
      ends[i] = bytes.size();
    }
    return PushedBlock.delimited(bytes.toByteArray(), ends);
  }
}
