package io.headrace.app.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.app.report.PrettyJson;
import io.headrace.pipeline.job.JobConversion;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code headrace convert}: brings a job's records into the form that is read fastest. */
@Command(
    name = "convert",
    description = {
      "Writes a job's samples to a file that is read faster than text.",
      "It is an Avro container of canonical samples; the same job reads it with --set source.file.path=FILE --set source.file.format=avro."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  headrace convert job.yaml --to samples.avro"})
final class ConvertCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private JobOptions options;

  @Option(
      names = "--to",
      paramLabel = "FILE",
      required = true,
      description = "The container to write; one that is there is replaced.")
  private Path to;

  @Option(names = "--json", description = "As one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    JobConversion.Outcome outcome = JobConversion.convert(options.read(List.of()), to);
    if (json) {
      ObjectNode object = PrettyJson.object().put("file", to.toString());
      outcome
          .rejected()
          .forEach(object.put("samples", outcome.samples()).putObject("rejected")::put);
      out.println(PrettyJson.text(object));
      return 0;
    }
    long rejected = outcome.rejected().values().stream().mapToLong(Long::longValue).sum();
    out.printf(
        Locale.ROOT,
        "%,d samples in %s, %,d records rejected%s%n",
        outcome.samples(),
        to,
        rejected,
        rejected == 0 ? "" : " " + outcome.rejected());
    out.flush();
    return 0;
  }
}
