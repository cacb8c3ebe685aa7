package io.headrace.app.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.app.report.CheckpointContents;
import io.headrace.app.report.PrettyJson;
import io.headrace.engine.Checkpoint;
import io.headrace.engine.error.HeadraceException;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import io.headrace.sink.seal.FileSeal;
import io.headrace.sink.store.CheckpointPlace;
import io.headrace.sink.store.CheckpointUpkeep;
import java.io.PrintWriter;
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
    description =
        "Lists, shows, verifies, exports, restores and removes checkpoints of a folder, or of an object store (s3://bucket/prefix).",
    synopsisSubcommandLabel = "(list | show | verify | export | restore | prune)",
    subcommands = {ExportCommand.class, PruneCommand.class},
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  headrace checkpoints list data/checkpoints",
      "  headrace checkpoints show data/checkpoints/checkpoint-000000012345.safetensors --json",
      "  headrace checkpoints list s3://models/clicks --endpoint https://minio:9000",
      "  headrace checkpoints restore data/checkpoints/checkpoint-000000012345.safetensors"
    })
final class CheckpointsCommand implements Runnable {
  private static final String CHECKPOINT = "A checkpoint's file, or s3://bucket/prefix/NAME.";

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new picocli.CommandLine.ParameterException(
        spec.commandLine(), "What is to be done with the checkpoints?");
  }

  @Command(
      name = "list",
      description = "Lists the checkpoints in a folder or an object store, oldest first.",
      mixinStandardHelpOptions = true)
  int list(
      @Parameters(paramLabel = "DIR|URL", description = "A folder, or s3://bucket/prefix.")
          String where,
      @Mixin StoreOptions options,
      @Option(names = "--json", description = "As a JSON array.") boolean json) {
    try (CheckpointPlace place = options.place(where)) {
      list(place.entries(), place.best().orElse(""), json);
    }
    return 0;
  }

  private void list(List<CheckpointStore.Entry> entries, String best, boolean json) {
    if (json) {
      out().println(PrettyJson.text(listed(entries, best)));
      return;
    }
    for (CheckpointStore.Entry entry : entries) {
      out()
          .printf(
              Locale.ROOT,
              "%s  step %,d  %s  %,d bytes%s%s%n",
              entry.name(),
              entry.step(),
              Instant.ofEpochMilli(entry.createdAtMillis()),
              entry.bytes(),
              entry.base().map(base -> "  on " + base).orElse(""),
              entry.name().equals(best) ? "  best" : "");
    }
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
      @Parameters(paramLabel = "CHECKPOINT", description = CHECKPOINT) String named,
      @Mixin KeysOptions keys,
      @Mixin StoreOptions options,
      @Option(names = "--json", description = "As one JSON object.") boolean json) {
    FileSeal seal = keys.seal();
    try (var checkpoint = NamedCheckpoint.of(named, options)) {
      Path file = checkpoint.file(seal);
      var contents = new CheckpointContents(DirectoryCheckpointStore.open(file, seal), base(file));
      out().println(json ? contents.json() : contents.text());
    }
    return 0;
  }

  @Command(
      name = "verify",
      description = "Reads checkpoints whole and compares their hashes.",
      mixinStandardHelpOptions = true)
  int verify(
      @Parameters(paramLabel = "CHECKPOINT", arity = "1..*", description = CHECKPOINT)
          List<String> all,
      @Mixin KeysOptions keys,
      @Mixin StoreOptions options,
      @Option(names = "--json", description = "As a JSON array.") boolean json) {
    FileSeal seal = keys.seal();
    int damaged = 0;
    ArrayNode verified = PrettyJson.array();
    for (String each : all) {
      ObjectNode line = verified.addObject().put("file", each);
      try (var named = NamedCheckpoint.of(each, options)) {
        Path file = named.file(seal);
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
      out().println(PrettyJson.text(verified));
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
      @Parameters(paramLabel = "CHECKPOINT", description = CHECKPOINT) String named,
      @Mixin KeysOptions keys,
      @Mixin StoreOptions options,
      @Option(
              names = "--take-over",
              description =
                  "For s3://: even where the last run has not said that it ended, as one killed on another machine.")
          boolean takeOver,
      @Option(names = "--json", description = "As one JSON object.") boolean json) {
    FileSeal seal = keys.seal();
    try (var checkpoint = NamedCheckpoint.of(named, options);
        CheckpointPlace place = checkpoint.place()) {
      long step = DirectoryCheckpointStore.open(checkpoint.file(seal), seal).step();
      try (CheckpointUpkeep held = place.hold(takeOver)) {
        tell(step, held.goBackTo(checkpoint.name()), json);
      }
    }
    return 0;
  }

  private void tell(long step, Optional<String> aside, boolean json) {
    if (json) {
      ObjectNode object = PrettyJson.object().put("step", step);
      aside.ifPresent(folder -> object.put("aside", folder));
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
}
