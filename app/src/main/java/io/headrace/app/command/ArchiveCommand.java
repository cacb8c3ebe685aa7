package io.headrace.app.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.app.report.PrettyJson;
import io.headrace.app.report.SampleJson;
import io.headrace.engine.sample.Ledger;
import io.headrace.sink.archive.ArchiveReader;
import io.headrace.sink.archive.ArchivedSample;
import io.headrace.sink.archive.Cut;
import io.headrace.sink.archive.Segment;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code headrace archive}: what a job learned from, and whether all of it is there. */
@Command(
    name = "archive",
    description = "Lists, shows, verifies and exports the samples that a job learned from.",
    synopsisSubcommandLabel = "(list | show | verify | export)",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  headrace archive verify data/archive",
      "  headrace archive show data/archive --partition flights-0 --from-position 4000",
      "  headrace archive export data/archive --to samples.avro"
    })
final class ArchiveCommand implements Runnable {
  private static final String DIRECTORY = "The archive.directory of a job.";

  @Spec private CommandSpec spec;

  /** Which steps are meant: all, if nothing is said. */
  static final class StepOptions {
    @Option(
        names = "--after-step",
        paramLabel = "N",
        defaultValue = "0",
        description = "Samples behind this step alone, e.g. that of a checkpoint.")
    private long after;

    @Option(
        names = "--up-to-step",
        paramLabel = "N",
        defaultValue = "" + Long.MAX_VALUE,
        showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER,
        description = "Samples up to this step alone.")
    private long upTo;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "What is to be done with the archive?");
  }

  @Command(
      name = "list",
      description =
          "Lists what each checkpoint brought, oldest first: files with their partitions, positions and steps, and gaps.",
      mixinStandardHelpOptions = true)
  int list(
      @Parameters(paramLabel = "DIR", description = DIRECTORY) Path directory,
      @Mixin KeysOptions keys,
      @Option(names = "--json", description = "As one JSON object.") boolean json) {
    ArchiveReader archive = ArchiveReader.open(directory, keys.seal());
    PrintWriter out = out();
    if (json) {
      ObjectNode object = PrettyJson.object();
      ArrayNode parts = object.putArray("parts");
      archive.cuts().forEach(cut -> put(parts.addObject(), cut));
      archive.unreadable().forEach(object.putArray("problems")::add);
      out.println(PrettyJson.text(object));
      return archive.unreadable().isEmpty() ? 0 : 1;
    }
    for (Cut cut : archive.cuts()) {
      out.printf(
          Locale.ROOT,
          "up to step %,d  %s  %,d samples  %,d bytes%s%s%n",
          cut.step(),
          Instant.ofEpochMilli(cut.createdAtMillis()),
          cut.rows(),
          cut.bytes(),
          count("missing", cut.missingRows()),
          count("withdrawn", cut.withdrawnRows()));
      cut.segments().forEach(segment -> list(segment, out));
    }
    archive.unreadable().forEach(out::println);
    return archive.unreadable().isEmpty() ? 0 : 1;
  }

  private static void put(ObjectNode part, Cut cut) {
    part.put("step", cut.step());
    part.put("created", Instant.ofEpochMilli(cut.createdAtMillis()).toString());
    part.put("samples", cut.rows()).put("bytes", cut.bytes());
    part.put("missing", cut.missingRows()).put("withdrawn", cut.withdrawnRows());
    ArrayNode files = part.putArray("files");
    for (Segment segment : cut.segments()) {
      ObjectNode file = files.addObject().put("file", segment.file());
      file.put("partition", segment.partition().toString());
      file.put("firstPosition", segment.firstPosition())
          .put("lastPosition", segment.lastPosition());
      file.put("firstStep", segment.firstStep()).put("lastStep", segment.lastStep());
      file.put("samples", segment.rows()).put("bytes", segment.bytes());
      file.put("sha256", segment.sha256());
    }
  }

  private static String count(String what, long rows) {
    return rows == 0 ? "" : String.format(Locale.ROOT, "  %,d %s", rows, what);
  }

  private static void list(Segment segment, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "  %s  %s positions %,d to %,d, steps %,d to %,d, %,d samples%n",
        segment.file(),
        segment.partition(),
        segment.firstPosition(),
        segment.lastPosition(),
        segment.firstStep(),
        segment.lastStep(),
        segment.rows());
  }

  @Command(
      name = "show",
      description =
          "Writes samples as JSON, one a line, in the order in which they were learned from: where each came from, its step, label, weight and inputs.",
      mixinStandardHelpOptions = true)
  int show(
      @Parameters(paramLabel = "DIR", description = DIRECTORY) Path directory,
      @Mixin KeysOptions keys,
      @Mixin StepOptions steps,
      @Option(
              names = "--partition",
              paramLabel = "NAME",
              description = "Those of one partition alone, as list names it.")
          @Nullable String partition,
      @Option(
              names = "--from-position",
              paramLabel = "N",
              defaultValue = "0",
              description = "Those from this position on alone.")
          long from,
      @Option(
              names = "--to-position",
              paramLabel = "N",
              defaultValue = "" + Long.MAX_VALUE,
              showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER,
              description = "Those up to this position alone.")
          long to) {
    PrintWriter out = out();
    ArchiveReader.open(directory, keys.seal())
        .forEach(
            steps.after,
            steps.upTo,
            sample -> {
              if (isMeant(sample, partition)
                  && sample.position() >= from
                  && sample.position() <= to) {
                out.println(SampleJson.of(sample));
              }
            });
    out.flush();
    return 0;
  }

  private static boolean isMeant(ArchivedSample sample, @Nullable String partition) {
    return partition == null || sample.partition().toString().equals(partition);
  }

  @Command(
      name = "verify",
      description =
          "Reads all of it: finds files that are missing, damaged, cut off or changed, and says what could not be written. Exit status 0: as it was written; 1: not.",
      mixinStandardHelpOptions = true)
  int verify(
      @Parameters(paramLabel = "DIR", description = DIRECTORY) Path directory,
      @Mixin KeysOptions keys,
      @Option(
              names = "--checkpoint",
              paramLabel = "FILE",
              description = "Also whether it reaches as far as this checkpoint.")
          @Nullable Path checkpoint,
      @Option(names = "--json", description = "As one JSON object.") boolean json) {
    Optional<Ledger> upTo =
        Optional.ofNullable(checkpoint)
            .map(file -> DirectoryCheckpointStore.open(file, keys.seal()).ledger());
    var archive = ArchiveReader.open(directory, keys.seal());
    ArchiveReader.Verification found = archive.verify(upTo);
    if (json) {
      ObjectNode object = PrettyJson.object().put("samples", found.samples());
      object.put("missing", found.missing()).put("parts", archive.cuts().size());
      found.problems().forEach(object.putArray("problems")::add);
      out().println(PrettyJson.text(object));
      return found.problems().isEmpty() ? 0 : 1;
    }
    found.problems().forEach(out()::println);
    out()
        .printf(
            Locale.ROOT,
            "%,d samples%s in %,d parts; %s%n",
            found.samples(),
            count("missing, which could not be written,", found.missing()),
            archive.cuts().size(),
            found.problems().isEmpty()
                ? "whole"
                : String.format(Locale.ROOT, "%,d problems", found.problems().size()));
    return found.problems().isEmpty() ? 0 : 1;
  }

  @Command(
      name = "export",
      description =
          "Writes samples to one Avro container of canonical samples, in the order in which they were learned from, for a job whose source is that file. It is not encrypted.",
      mixinStandardHelpOptions = true)
  int export(
      @Parameters(paramLabel = "DIR", description = DIRECTORY) Path directory,
      @Mixin KeysOptions keys,
      @Mixin StepOptions steps,
      @Option(
              names = "--to",
              paramLabel = "FILE",
              required = true,
              description = "The container to write; one that is there is replaced.")
          Path to,
      @Option(names = "--json", description = "As one JSON object.") boolean json) {
    long samples = ArchiveReader.open(directory, keys.seal()).export(to, steps.after, steps.upTo);
    if (json) {
      ObjectNode object = PrettyJson.object().put("samples", samples).put("file", to.toString());
      out().println(PrettyJson.text(object));
    } else {
      out().printf(Locale.ROOT, "%,d samples in %s%n", samples, to);
    }
    return 0;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
