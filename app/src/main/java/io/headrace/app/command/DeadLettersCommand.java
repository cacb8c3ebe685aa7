package io.headrace.app.command;

import io.headrace.app.letters.LetterEdits;
import io.headrace.app.letters.LetterFilter;
import io.headrace.app.letters.LetterId;
import io.headrace.app.letters.LetterList;
import io.headrace.app.letters.LetterView;
import io.headrace.app.letters.Letters;
import io.headrace.app.report.PrettyJson;
import io.headrace.engine.error.HeadraceException;
import io.headrace.schemas.RejectedSample;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code headrace dead-letters}: records that could not become samples, and their way back. */
@Command(
    name = "dead-letters",
    description = "Lists, shows, exports and puts back records that could not become samples.",
    synopsisSubcommandLabel = "(list | show | export | replay)",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  headrace dead-letters list --from dead-letters.avro",
      "  headrace dead-letters replay --from dead-letters.avro --to-file again.jsonl"
    },
    subcommands = LettersReplayCommand.class)
final class DeadLettersCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "What is to be done with the dead letters?");
  }

  @Command(
      name = "list",
      description = "Sums letters up by reason and lists the newest.",
      mixinStandardHelpOptions = true)
  int list(
      @Mixin LettersFrom from,
      @Mixin LetterFilterOptions filter,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "50",
              description = "Rows to show; 0 for all (default: ${DEFAULT-VALUE}).")
          int limit,
      @Option(names = "--json", description = "As one JSON object.") boolean json) {
    var list = LetterList.of(from.letters(), filter.filter(), limit);
    out().println(json ? list.json() : list.text());
    return 0;
  }

  @Command(
      name = "show",
      description = "Shows one letter: reason, what to do, headers and bytes.",
      mixinStandardHelpOptions = true)
  int show(
      @Mixin LettersFrom from,
      @Parameters(paramLabel = "LETTER", description = "source/partition/position, as listed.")
          String name,
      @Option(names = "--json", description = "As one JSON object.") boolean json) {
    LetterId id = id(name);
    Letters letters = from.letters();
    var found = new AtomicReference<@Nullable RejectedSample>();
    letters.forEach(LetterFilter.only(id), found::set);
    RejectedSample letter = found.get();
    if (letter == null) {
      throw new HeadraceException(
          "There is no letter %s in %s. List them to see their names.".formatted(id, letters));
    }
    var view = new LetterView(letter, letters.log());
    out().println(json ? view.json() : view.text());
    return 0;
  }

  @Command(
      name = "export",
      description =
          "Writes letters to a file of JSON lines: edit their text, then give it to replay --repaired.",
      mixinStandardHelpOptions = true)
  int export(
      @Mixin LettersFrom from,
      @Mixin LetterFilterOptions filter,
      @Option(names = "--to", paramLabel = "FILE", required = true, description = "A new file.")
          Path to,
      @Option(names = "--json", description = "As one JSON object.") boolean json) {
    long written = LetterEdits.write(from.letters(), filter.filter(), to);
    if (json) {
      out()
          .println(
              PrettyJson.text(
                  PrettyJson.object().put("letters", written).put("file", to.toString())));
    } else {
      out().printf(Locale.ROOT, "%,d letters written to %s%n", written, to);
    }
    return 0;
  }

  private LetterId id(String name) {
    try {
      return LetterId.parse(name);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
