package io.headrace.app.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.app.report.PrettyJson;
import io.headrace.engine.error.HeadraceException;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.checkpoint.CheckpointDamagedException;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import io.headrace.sink.checkpoint.Retention;
import io.headrace.sink.seal.FileSeal;
import io.headrace.sink.store.CheckpointPlace;
import io.headrace.sink.store.CheckpointUpkeep;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code headrace checkpoints prune}: removes what is old from a folder or an object store. */
@Command(
    name = "prune",
    description = {
      "Removes old checkpoints of a job that is stopped. The newest ones stay, the best, what these build on, and one whole one before that; nothing is removed unless one that stays has been read and is whole."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  headrace checkpoints prune data/checkpoints --keep 3 --dry-run",
      "  headrace checkpoints prune s3://models/clicks --keep 10 --older-than 30d"
    })
final class PruneCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private KeysOptions keys;

  @Mixin private StoreOptions store;

  @Parameters(paramLabel = "DIR|URL", description = "A folder, or s3://bucket/prefix.")
  private String where;

  @Option(
      names = "--keep",
      required = true,
      paramLabel = "N",
      description = "How many of the newest stay, at least 1; the best is not counted.")
  private int keep;

  @Option(
      names = "--older-than",
      paramLabel = "TIME",
      converter = AgeConverter.class,
      description = "Leave younger ones too: 90m, 12h, 30d.")
  private @Nullable Duration olderThan;

  @Option(names = "--dry-run", description = "Say what would be removed, and remove nothing.")
  private boolean dryRun;

  @Option(
      names = "--take-over",
      description =
          "For s3://: even where the last run has not said that it ended, as one killed on another machine.")
  private boolean takeOver;

  @Option(names = "--json", description = "As one JSON object.")
  private boolean json;

  /** What is to be removed, newest first, and the names of what stays, oldest first. */
  private record Plan(List<CheckpointStore.Entry> removed, List<String> kept) {}

  /** Reads ages such as 12h. */
  static final class AgeConverter implements ITypeConverter<Duration> {
    private static final Pattern AGE = Pattern.compile("(\\d{1,9})([mhd])");

    @Override
    public Duration convert(String text) {
      Matcher parts = AGE.matcher(text);
      if (!parts.matches()) {
        throw new TypeConversionException(text + " is no time. Write e.g. 90m, 12h or 30d.");
      }
      long count = Long.parseLong(parts.group(1));
      return switch (parts.group(2)) {
        case "m" -> Duration.ofMinutes(count);
        case "h" -> Duration.ofHours(count);
        default -> Duration.ofDays(count);
      };
    }
  }

  @Override
  public Integer call() {
    if (keep < 1) {
      throw new ParameterException(
          spec.commandLine(),
          "--keep: %d is not >= 1: the newest one always stays.".formatted(keep));
    }
    try (CheckpointPlace place = store.place(where)) {
      if (dryRun) {
        tell(plan(place));
      } else {
        try (CheckpointUpkeep held = place.hold(takeOver)) {
          Plan plan = plan(place);
          held.remove(plan.removed().stream().map(CheckpointStore.Entry::name).toList());
          tell(plan);
        }
      }
    }
    return 0;
  }

  private Plan plan(CheckpointPlace place) {
    List<CheckpointStore.Entry> all = place.entries();
    long oldest =
        olderThan == null
            ? Long.MAX_VALUE
            : InstantSource.system().instant().minus(olderThan).toEpochMilli();
    Map<String, String> bases = new HashMap<>();
    all.forEach(entry -> entry.base().ifPresent(base -> bases.put(entry.name(), base)));
    Set<String> kept =
        Retention.kept(
            all.stream().map(CheckpointStore.Entry::name).toList(),
            keep,
            place.best(),
            all.stream()
                .filter(entry -> entry.createdAtMillis() >= oldest)
                .map(CheckpointStore.Entry::name)
                .toList(),
            name -> Optional.ofNullable(bases.get(name)));
    List<CheckpointStore.Entry> removed =
        all.reversed().stream().filter(entry -> !kept.contains(entry.name())).toList();
    List<String> stay =
        all.stream().map(CheckpointStore.Entry::name).filter(kept::contains).toList();
    if (!removed.isEmpty()) {
      requireOneWhole(place, stay, keys.seal());
    }
    return new Plan(removed, stay);
  }

  private static void requireOneWhole(CheckpointPlace place, List<String> kept, FileSeal seal) {
    List<String> problems = new ArrayList<>();
    for (String name : kept.reversed()) {
      try {
        long step = DirectoryCheckpointStore.open(place.file(name), seal).step();
        assert step >= 0;
        return;
      } catch (CheckpointDamagedException e) {
        problems.add(String.valueOf(e.getMessage()));
        place.forget(name);
      }
    }
    throw new HeadraceException(
        "None of the checkpoints that would stay can be read, so nothing was removed:%n  %s%nRaise --keep to keep one that can."
            .formatted(String.join(System.lineSeparator() + "  ", problems)));
  }

  private void tell(Plan plan) {
    long bytes = plan.removed().stream().mapToLong(CheckpointStore.Entry::bytes).sum();
    var out = spec.commandLine().getOut();
    if (json) {
      ObjectNode object = PrettyJson.object().put("dryRun", dryRun).put("bytes", bytes);
      var removed = object.putArray("removed");
      plan.removed().forEach(entry -> removed.add(entry.name()));
      plan.kept().forEach(object.putArray("kept")::add);
      out.println(PrettyJson.text(object));
      return;
    }
    String done = dryRun ? "would be removed" : "removed";
    for (CheckpointStore.Entry entry : plan.removed()) {
      out.printf(
          Locale.ROOT,
          "%s  %s  %,d bytes  %s%n",
          entry.name(),
          Instant.ofEpochMilli(entry.createdAtMillis()),
          entry.bytes(),
          done);
    }
    out.printf(
        Locale.ROOT,
        "%,d checkpoints (%,d bytes) %s; %,d stay%n",
        plan.removed().size(),
        bytes,
        done,
        plan.kept().size());
  }
}
