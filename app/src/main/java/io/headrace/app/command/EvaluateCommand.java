package io.headrace.app.command;

import io.headrace.app.report.Summary;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.pipeline.job.HeldOut;
import io.headrace.pipeline.job.StoredModel;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code headrace evaluate}: how good a checkpoint's model is on samples it did not learn from. */
@Command(
    name = "evaluate",
    description = "Scores a checkpoint's model on held-out samples, without learning from them.",
    mixinStandardHelpOptions = true)
final class EvaluateCommand implements Callable<Integer> {
  /** More classes than this make a matrix that no terminal shows. */
  private static final int MOST_CLASSES = 20;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "CHECKPOINT",
      description = "A checkpoint's file, or a folder for the newest in it.")
  private Path checkpoint;

  @Option(
      names = "--data",
      paramLabel = "FILE",
      required = true,
      arity = "1..*",
      description = "Labelled samples: .avro, .csv or .jsonl; several are scored one by one.")
  private List<Path> data;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try (var model = StoredModel.open(checkpoint)) {
      for (Path file : data) {
        HeldOut.Scores scores = model.evaluate(file);
        out.printf(
            "%s: %,d samples, %,d rejected%n%s%n",
            file, scores.samples(), scores.rejected(), Summary.figures(scores.total()));
        if (model.job().sample().label().spec() instanceof LabelSpec.Classes(List<String> names)) {
          printConfusion(out, names, scores.confusion());
        }
      }
    }
    out.flush();
    return 0;
  }

  private static void printConfusion(PrintWriter out, List<String> names, List<Long> counts) {
    if (counts.isEmpty() || names.size() > MOST_CLASSES) {
      return;
    }
    out.println("confusion (row: true class, column: predicted)");
    int width = Math.max(10, names.stream().mapToInt(String::length).max().orElse(0) + 1);
    String cell = "%" + width + "s";
    out.print(cell.formatted(""));
    names.forEach(name -> out.print(cell.formatted(name)));
    out.println();
    for (int row = 0; row < names.size(); row++) {
      out.print(cell.formatted(names.get(row)));
      for (int column = 0; column < names.size(); column++) {
        long count = counts.get(row * names.size() + column);
        out.print(cell.formatted(String.format(Locale.ROOT, "%,d", count)));
      }
      out.println();
    }
  }
}
