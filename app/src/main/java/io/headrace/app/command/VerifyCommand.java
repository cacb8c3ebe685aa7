package io.headrace.app.command;

import io.headrace.app.report.PrettyJson;
import io.headrace.sink.seal.ModelSignature;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code headrace verify}: who signed an exported model, and whether it is as it was then. */
@Command(
    name = "verify",
    description = {
      "Checks the signature of an exported model (FILE.sig) and says which key signed it.",
      "Exit status 1: it does not hold."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  headrace verify model.onnx --keys public.json"})
final class VerifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "The exported model.")
  private Path file;

  @Option(
      names = "--keys",
      required = true,
      paramLabel = "PUBLIC",
      description = "Public keys of those whose signatures count; headrace keys public makes them.")
  private Path publicKeys;

  @Option(names = "--json", description = "As one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    long key = ModelSignature.verify(file, publicKeys);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(
          PrettyJson.text(PrettyJson.object().put("file", file.toString()).put("key", key)));
    } else {
      out.printf(
          Locale.ROOT, "%s is as key %d of %s signed it%n", file, key, publicKeys.getFileName());
    }
    return 0;
  }
}
