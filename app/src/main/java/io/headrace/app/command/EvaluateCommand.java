package io.headrace.app.command;

import io.headrace.app.report.PrettyJson;
import io.headrace.app.report.TestReport;
import io.headrace.pipeline.job.StoredModel;
import io.headrace.sink.seal.FileSeal;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code headrace evaluate}: how good a checkpoint's model is on samples it did not learn from. */
@Command(
    name = "evaluate",
    description = "Scores a checkpoint's model on held-out samples, without learning from them.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  headrace evaluate data/checkpoints --data held-out.csv",
      "  headrace evaluate data/checkpoints --data held-out.csv --json"
    })
final class EvaluateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private KeysOptions keys;

  @Mixin private StoreOptions store;

  @Parameters(
      paramLabel = "CHECKPOINT",
      description = "A checkpoint's file, or a folder for the newest in it; either may be s3://.")
  private String checkpoint;

  @Option(
      names = "--data",
      paramLabel = "FILE",
      required = true,
      arity = "1..*",
      description = "Labelled samples: .avro, .csv or .jsonl; several are scored one by one.")
  private List<Path> data;

  @Option(names = "--json", description = "As a JSON array with an object for each file.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    List<Map<String, Object>> all = new ArrayList<>();
    FileSeal seal = keys.seal();
    try (var named = NamedCheckpoint.of(checkpoint, store);
        var model = StoredModel.open(named.file(seal), seal)) {
      for (Path file : data) {
        TestReport scores = TestReport.of(model.evaluate(file));
        if (json) {
          Map<String, Object> line = new LinkedHashMap<>();
          line.put("data", file.toString());
          line.put("test", scores);
          all.add(line);
          continue;
        }
        out.printf(Locale.ROOT, "%s%ntest       %s%n", file, scores.text());
        if (!scores.confusionTable().isEmpty()) {
          out.println(scores.confusionTable());
        }
      }
    }
    if (json) {
      out.println(PrettyJson.text(all));
    }
    out.flush();
    return 0;
  }
}
