package io.headrace.app.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.app.report.PrettyJson;
import io.headrace.engine.Checkpoint;
import io.headrace.engine.error.HeadraceException;
import io.headrace.pipeline.job.JobReplay;
import io.headrace.pipeline.job.JobSpec;
import io.headrace.sink.archive.ArchiveReader;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import io.headrace.sink.seal.FileSeal;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code headrace replay}: proves that a model is what its records make of it. */
@Command(
    name = "replay",
    description = {
      "Rebuilds a checkpoint's model from its records, and compares the two.",
      "It begins at an earlier checkpoint, or at the start, and trains exactly the batches that the journal beside it recorded or an archive has. Exit status 0: the same bytes; 1: not, or not possible."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  headrace replay job.yaml --from start --to data/checkpoints"})
final class ReplayCommand implements Callable<Integer> {
  private static final String START = "start";

  @Spec private CommandSpec spec;

  @Mixin private JobOptions options;

  @Option(
      names = "--from",
      paramLabel = "CHECKPOINT",
      required = true,
      description =
          "Where to begin: a checkpoint's file, or its name beside that of --to, or start.")
  private String from;

  @Option(
      names = "--to",
      paramLabel = "CHECKPOINT",
      required = true,
      description = "What is rebuilt: a checkpoint's file, or a folder for the newest in it.")
  private Path to;

  @Option(
      names = "--archive",
      paramLabel = "DIR",
      description =
          "Takes the samples from the job's archive, as they were learned from: source and journal may be gone.")
  private @Nullable Path archive;

  @Option(names = "--json", description = "As one JSON object, at the end.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    JobSpec job = options.read(List.of());
    FileSeal seal = job.seal();
    Path directory = directory();
    Checkpoint target = target(directory, seal);
    Optional<Checkpoint> begin =
        from.equals(START) ? Optional.empty() : Optional.of(begin(directory, seal));
    JobReplay replay =
        archive == null
            ? new JobReplay(job, begin, target, directory)
            : new JobReplay(job, begin, target, ArchiveReader.open(archive, seal));
    if (!json) {
      out.printf(
          Locale.ROOT,
          "replaying %,d batches from %s to step %,d%n",
          replay.batches(),
          begin.map(b -> String.format(Locale.ROOT, "step %,d", b.step())).orElse(START),
          target.step());
      out.flush();
    }
    JobReplay.Outcome outcome = replay.run();
    if (json) {
      ObjectNode object = PrettyJson.object().put("same", outcome.isEqual());
      object.put("fromStep", begin.map(Checkpoint::step).orElse(0L));
      object.put("toStep", target.step()).put("batches", replay.batches());
      object.put("expectedSha256", outcome.expected()).put("rebuiltSha256", outcome.found());
      outcome.differences().forEach(object.putArray("differences")::add);
      out.println(PrettyJson.text(object));
    } else {
      tell(outcome, out);
    }
    out.flush();
    return outcome.isEqual() ? 0 : 1;
  }

  private static void tell(JobReplay.Outcome outcome, PrintWriter out) {
    out.println("parameters SHA-256 " + outcome.found());
    if (!outcome.isEqual()) {
      out.println("not the same: the checkpoint's are " + outcome.expected());
    } else if (outcome.differences().isEmpty()) {
      out.println("the same, and so are the rest of the state and the ledger");
    } else {
      out.println("the same; of the rest of the state differ");
    }
    outcome.differences().stream().limit(3).forEach(line -> out.println("  " + line));
    if (outcome.differences().size() > 3) {
      out.printf(Locale.ROOT, "  and %,d more%n", outcome.differences().size() - 3);
    }
  }

  private Path directory() {
    Path path = to.toAbsolutePath().normalize();
    return Files.isDirectory(path) ? path : path.resolveSibling(".").normalize();
  }

  private Checkpoint target(Path directory, FileSeal seal) {
    var store = DirectoryCheckpointStore.forReading(directory, seal);
    if (Files.isDirectory(to)) {
      return store
          .newest()
          .orElseThrow(() -> new HeadraceException("There is no checkpoint in " + to + "."));
    }
    return store.read(String.valueOf(to.getFileName()));
  }

  private Checkpoint begin(Path directory, FileSeal seal) {
    Path path = Path.of(from).toAbsolutePath();
    Path folder =
        Files.exists(path) || from.contains("/") ? path.resolveSibling(".").normalize() : directory;
    return DirectoryCheckpointStore.forReading(folder, seal)
        .read(String.valueOf(path.getFileName()));
  }
}
