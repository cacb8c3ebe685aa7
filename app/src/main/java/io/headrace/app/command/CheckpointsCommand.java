package io.headrace.app.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.app.report.CheckpointContents;
import io.headrace.app.report.PrettyJson;
import io.headrace.engine.Checkpoint;
import io.headrace.engine.error.HeadraceException;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import io.headrace.sink.checkpoint.DirectoryLock;
import io.headrace.sink.seal.FileSeal;
import io.headrace.sink.store.StoredCheckpoints;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code headrace checkpoints}: what is in a checkpoint directory, and whether it is whole. */
@Command(
    name = "checkpoints",
    description = "Lists, shows, verifies, exports and restores checkpoints.",
    synopsisSubcommandLabel = "(list | show | verify | export | restore)",
    subcommands = ExportCommand.class,
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  headrace checkpoints list data/checkpoints",
      "  headrace checkpoints show data/checkpoints/checkpoint-000000012345.safetensors --json",
      "  headrace checkpoints restore data/checkpoints/checkpoint-000000012345.safetensors"
    })
final class CheckpointsCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new picocli.CommandLine.ParameterException(
        spec.commandLine(), "What is to be done with the checkpoints?");
  }

  @Command(
      name = "list",
      description = "Lists the checkpoints in a folder, oldest first.",
      mixinStandardHelpOptions = true)
  int list(
      @Parameters(paramLabel = "DIR") Path directory,
      @Option(names = "--json", description = "As a JSON array.") boolean json) {
    requireDirectory(directory);
    PrintWriter out = out();
    CheckpointStore store = DirectoryCheckpointStore.forReading(directory);
    String best = store.best().orElse("");
    if (json) {
      out.println(PrettyJson.text(listed(store.list(), best)));
      return 0;
    }
    for (CheckpointStore.Entry entry : store.list()) {
      out.printf(
          Locale.ROOT,
          "%s  step %,d  %s  %,d bytes%s%s%n",
          entry.name(),
          entry.step(),
          Instant.ofEpochMilli(entry.createdAtMillis()),
          entry.bytes(),
          entry.base().map(base -> "  on " + base).orElse(""),
          entry.name().equals(best) ? "  best" : "");
    }
    return 0;
  }

  private static ArrayNode listed(List<CheckpointStore.Entry> entries, String best) {
    ArrayNode all = PrettyJson.array();
    for (CheckpointStore.Entry entry : entries) {
      ObjectNode line = all.addObject().put("name", entry.name()).put("step", entry.step());
      line.put("created", Instant.ofEpochMilli(entry.createdAtMillis()).toString());
      line.put("bytes", entry.bytes()).put("best", entry.name().equals(best));
      entry.base().ifPresent(base -> line.put("base", base));
    }
    return all;
  }

  @Command(
      name = "show",
      description =
          "Shows what a checkpoint holds: job, the positions that it was trained on, ledger, tensors.",
      mixinStandardHelpOptions = true)
  int show(
      @Parameters(paramLabel = "CHECKPOINT") Path file,
      @Mixin KeysOptions keys,
      @Option(names = "--json", description = "As one JSON object.") boolean json) {
    var contents =
        new CheckpointContents(DirectoryCheckpointStore.open(file, keys.seal()), base(file));
    out().println(json ? contents.json() : contents.text());
    return 0;
  }

  @Command(
      name = "verify",
      description = "Reads checkpoints whole and compares their hashes.",
      mixinStandardHelpOptions = true)
  int verify(
      @Parameters(paramLabel = "CHECKPOINT", arity = "1..*") List<Path> files,
      @Mixin KeysOptions keys,
      @Option(names = "--json", description = "As a JSON array.") boolean json) {
    FileSeal seal = keys.seal();
    int damaged = 0;
    ArrayNode all = PrettyJson.array();
    for (Path file : files) {
      ObjectNode line = all.addObject().put("file", file.toString());
      try {
        Checkpoint checkpoint = DirectoryCheckpointStore.open(file, seal);
        line.put("whole", true).put("step", checkpoint.step());
        base(file).ifPresent(base -> line.put("base", base));
      } catch (HeadraceException e) {
        damaged++;
        line.put("whole", false).put("problem", e.getMessage());
      }
      if (!json) {
        out().println(text(line));
      }
    }
    if (json) {
      out().println(PrettyJson.text(all));
    }
    return damaged == 0 ? 0 : 1;
  }

  private static String text(ObjectNode verified) {
    return verified.path("whole").asBoolean()
        ? String.format(
            Locale.ROOT,
            "%s: whole%s, step %,d",
            verified.path("file").asText(),
            verified.has("base")
                ? " with " + verified.path("base").asText() + ", on which it builds"
                : "",
            verified.path("step").asLong())
        : verified.path("problem").asText();
  }

  @Command(
      name = "restore",
      description =
          "Makes an older checkpoint the newest: the ones behind it are moved into a folder beside them.",
      mixinStandardHelpOptions = true)
  int restore(
      @Parameters(paramLabel = "CHECKPOINT") Path file,
      @Mixin KeysOptions keys,
      @Option(names = "--json", description = "As one JSON object.") boolean json) {
    FileSeal seal = keys.seal();
    Checkpoint chosen = DirectoryCheckpointStore.open(file, seal);
    Path path = file.toAbsolutePath().normalize();
    Path directory = path.resolveSibling(".").normalize();
    if (Files.exists(directory.resolve(StoredCheckpoints.IDENTITY))) {
      throw new HeadraceException(
          "The checkpoints in %s are in an object store too, from which later ones would come back. Restore while the job runs, on its page or over HTTP."
              .formatted(directory));
    }
    try (var lock = DirectoryLock.hold(directory)) {
      assert lock != null;
      Optional<String> aside =
          DirectoryCheckpointStore.forReading(directory, seal)
              .goBackTo(String.valueOf(path.getFileName()));
      tell(chosen.step(), aside.map(directory::resolve), json);
    }
    return 0;
  }

  private void tell(long step, Optional<Path> aside, boolean json) {
    if (json) {
      ObjectNode object = PrettyJson.object().put("step", step);
      aside.ifPresent(folder -> object.put("aside", folder.toString()));
      out().println(PrettyJson.text(object));
      return;
    }
    out()
        .printf(
            Locale.ROOT,
            "The next run goes on from step %,d; %s%n",
            step,
            aside
                .map(folder -> "newer checkpoints are in " + folder)
                .orElse("there was no newer checkpoint"));
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private static Optional<String> base(Path file) {
    Path path = file.toAbsolutePath();
    return DirectoryCheckpointStore.forReading(path.resolveSibling(".").normalize()).list().stream()
        .filter(entry -> entry.name().equals(String.valueOf(path.getFileName())))
        .findFirst()
        .flatMap(CheckpointStore.Entry::base);
  }

  private static void requireDirectory(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new HeadraceException(
          "%s is not a folder. Name the checkpoints.directory of a job.".formatted(directory));
    }
  }
}
