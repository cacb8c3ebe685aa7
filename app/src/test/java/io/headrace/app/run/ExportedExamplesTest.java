package io.headrace.app.run;

import static io.headrace.app.CommandLineRun.HOME;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import io.headrace.engine.Trainer;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.MiniBatch;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.ingest.DataSets;
import io.headrace.pipeline.job.JobFile;
import io.headrace.pipeline.job.JobSpec;
import io.headrace.sink.export.ExportedModel;
import io.headrace.sink.export.NoiseRows;
import io.headrace.sink.export.OnnxFile;
import io.headrace.sink.export.OnnxRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The model of every example, after a few steps on noise, predicts the same in ONNX Runtime. */
class ExportedExamplesTest {
  private static final int ROWS = 4; // as many as the smallest batch of the examples has

  private static final Map<String, String> TEXTS =
      Map.of("sentiment", "imdb", "shakespeare", "text");

  @TempDir Path folder;

  @TestFactory
  List<DynamicTest> everyExampleLeavesAsOnnx() throws IOException {
    try (Stream<Path> jobs = Files.walk(HOME.resolve("examples"), 2)) {
      return jobs.filter(path -> path.toString().endsWith(".yaml"))
          .sorted()
          .map(
              job ->
                  DynamicTest.dynamicTest(
                      HOME.relativize(job).toString(), () -> assertLeavesAsOnnx(job)))
          .toList();
    }
  }

  private void assertLeavesAsOnnx(Path file) throws OrtException {
    JobSpec job = job(file);
    SampleSchema schema = job.modelSpec().schema();
    try (Trainer trainer = job.newTrainer()) {
      var noise = new NoiseRows(schema);
      var batch = new MiniBatch(schema, ROWS);
      for (int step = 0; step < 3; step++) {
        batch.clear();
        noise.fill(batch.rows());
        trainer.train(batch);
      }
      Path onnx = folder.resolve("model.onnx");
      OnnxFile.write(
          ExportedModel.of(job.modelSpec(), trainer.snapshot(job.name(), 0), Map.of()), onnx);
      var rows = new SampleBlock(schema, ROWS);
      noise.fill(rows);
      var outputs = Floats.allocate((long) ROWS * trainer.outputWidth());
      trainer.predict(rows, outputs);
      float[] expected = new float[ROWS * trainer.outputWidth()];
      Floats.copyOut(outputs, 0, expected);
      float[] found = OnnxRuntime.predict(onnx, rows);
      assertThat(found).hasSameSizeAs(expected);
      for (int i = 0; i < found.length; i++) {
        assertThat(Math.abs(found[i] - expected[i])).as("output %d", i).isLessThan(1e-5f);
      }
    }
  }

  /** Most jobs say by themselves what their models read; two learn their tokens from texts. */
  private static JobSpec job(Path file) {
    String data = TEXTS.get(file.getName(file.getNameCount() - 2).toString());
    return data == null
        ? JobFile.read(file, List.of())
        : JobFile.read(file, List.of(), DataSets.with(data).resolve(data));
  }
}
