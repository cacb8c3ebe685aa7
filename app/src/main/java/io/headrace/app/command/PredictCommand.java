package io.headrace.app.command;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.headrace.app.report.PredictionJson;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.ingest.RecordChunk;
import io.headrace.pipeline.job.StoredModel;
import io.headrace.sink.seal.FileSeal;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code headrace predict}: what a checkpoint's model says of records without labels. */
@Command(
    name = "predict",
    description =
        "Predicts with a checkpoint's model; prints a JSON object a record, in the input's order.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  headrace predict data/checkpoints --input new.csv",
      "  cat new.jsonl | headrace predict data/checkpoints --input -"
    })
final class PredictCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private KeysOptions keys;

  @Mixin private StoreOptions store;

  @Parameters(
      paramLabel = "CHECKPOINT",
      description = "A checkpoint's file, or a folder for the newest in it; either may be s3://.")
  private String checkpoint;

  @Option(
      names = "--input",
      paramLabel = "FILE|-",
      required = true,
      description =
          "Records to predict for, labelled or not: .avro, .csv or .jsonl; - reads JSON lines.")
  private String input;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    Path file = input.equals("-") ? standardInput() : Path.of(input);
    FileSeal seal = keys.seal();
    try (var named = NamedCheckpoint.of(checkpoint, store);
        var model = StoredModel.open(named.file(seal), seal);
        JsonGenerator json = new JsonFactory().createGenerator(out)) {
      json.setRootValueSeparator(null);
      json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      model.forEachUnlabelled(
          file,
          (chunk, record, reason, detail) ->
              writeRejection(json, chunk, record < 0 ? -1 - record : record, detail),
          block -> write(json, model, block));
    } finally {
      if (input.equals("-")) {
        Files.delete(file);
      }
    }
    out.flush();
    return 0;
  }

  private static void writeRejection(
      JsonGenerator json, RecordChunk chunk, int record, String detail) {
    try {
      json.writeStartObject();
      json.writeNumberField("position", chunk.position(record));
      Long fileByte = chunk.fileByte(record);
      if (fileByte != null) {
        json.writeNumberField("fileByte", fileByte);
      }
      json.writeStringField("rejected", detail);
      json.writeEndObject();
      json.writeRaw('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(JsonGenerator json, StoredModel model, SampleBlock block) {
    int width = model.trainer().outputWidth();
    MemorySegment predicted = Floats.allocate((long) block.size() * width);
    model.trainer().predict(block, predicted);
    float[] outputs = Floats.toArray(predicted);
    try {
      for (int row = 0; row < block.size(); row++) {
        json.writeStartObject();
        json.writeNumberField("position", block.positions()[row]);
        PredictionJson.write(
            json, model.job().sample().label().spec(), outputs, row * width, width);
        json.writeEndObject();
        json.writeRaw('\n');
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sources read files, so what comes in is put into one first. */
  private static Path standardInput() {
    try {
      Path file = Files.createTempFile("headrace-predict", ".jsonl");
      Files.copy(System.in, file, StandardCopyOption.REPLACE_EXISTING);
      return file;
    } catch (IOException e) {
      throw new HeadraceException("The standard input cannot be read: " + e.getMessage(), e);
    }
  }
}
