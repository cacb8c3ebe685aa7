package io.headrace.sink.archive;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.engine.seal.BlockSeal;
import io.headrace.sink.seal.FileSeal;
import io.headrace.sink.seal.Rewriting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;

/**
 * An archive as it was when it was opened; a job may go on writing to it. Immutable; what it reads
 * of files it reads anew each time.
 */
public final class ArchiveReader {
  private final ArchiveFolder folder;
  private final BlockSeal seal;
  private final List<Cut> cuts;
  private final List<String> unreadable = new ArrayList<>();

  private ArchiveReader(Path directory, FileSeal seal) throws IOException {
    folder = new ArchiveFolder(directory, seal);
    this.seal = seal.blocks(Optional.empty());
    cuts = folder.cuts(unreadable::add);
  }

  /**
   * Opens it to read.
   *
   * @param seal opens its files
   * @throws HeadraceException if there is none
   */
  public static ArchiveReader open(Path directory, FileSeal seal) {
    try {
      if (Files.isDirectory(directory)) {
        return new ArchiveReader(directory, seal);
      }
    } catch (IOException e) {
      throw new HeadraceException(
          "%s cannot be read: %s. Check the disk and the folder's rights."
              .formatted(directory, e.getMessage()),
          e);
    }
    throw new HeadraceException(
        "%s is not a folder. Name the archive.directory of a job.".formatted(directory));
  }

  /** What it got between checkpoints, the oldest first. */
  public List<Cut> cuts() {
    return List.copyOf(cuts);
  }

  /** What could not be read of it, a line each. */
  public List<String> unreadable() {
    return List.copyOf(unreadable);
  }

  /**
   * Gives the samples that were learned from, in the order in which they were, without those of
   * steps that were undone.
   *
   * @param afterStep the step before the first that is given
   * @param lastStep the last that is given
   * @throws HeadraceException if a file that has some of them is missing, damaged or changed
   */
  public void forEach(long afterStep, long lastStep, Consumer<ArchivedSample> to) {
    for (int i = 0; i < cuts.size(); i++) {
      List<Segment> wanted =
          cuts.get(i).segments().stream()
              .filter(s -> s.lastStep() > afterStep && s.firstStep() <= lastStep)
              .toList();
      if (wanted.isEmpty()) {
        continue;
      }
      List<Cut.Withdrawn> withdrawn = withdrawn(i);
      merge(
          wanted,
          sample -> {
            long step = sample.step();
            if (step > afterStep && step <= lastStep && !has(withdrawn, step)) {
              to.accept(sample);
            }
          });
    }
  }

  /**
   * Writes the same samples to one Avro container of canonical samples, for whoever learns from
   * files. It appears when it is whole, and is not encrypted.
   *
   * @return how many
   * @throws HeadraceException if it cannot be written, or a file of the archive cannot be read
   */
  public long export(Path to, long afterStep, long lastStep) {
    long[] samples = {0};
    try {
      Rewriting.replace(
          to,
          channel -> {
            try (var file =
                new DataFileWriter<GenericRecord>(
                    new GenericDatumWriter<>(ArchivedSample.SCHEMA))) {
              file.setCodec(CodecFactory.zstandardCodec(1, true, true));
              file.create(ArchivedSample.SCHEMA, Channels.newOutputStream(channel));
              forEach(
                  afterStep,
                  lastStep,
                  sample -> {
                    append(file, sample.sample());
                    samples[0]++;
                  });
              file.flush();
              channel.force(true);
            }
          });
    } catch (IOException | UncheckedIOException e) {
      throw new HeadraceException(
          "%s cannot be written: %s. Name a file in a folder that exists and may be written to."
              .formatted(to, e.getMessage()),
          e);
    }
    return samples[0];
  }

  private static void append(DataFileWriter<GenericRecord> file, GenericRecord sample) {
    try {
      file.append(sample);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Files have a partition each: in the order of steps, and of rows within these. */
  private void merge(List<Segment> segments, Consumer<ArchivedSample> to) {
    var byPartition = new TreeMap<SourcePartition, List<Segment>>();
    for (Segment segment : segments) {
      byPartition.computeIfAbsent(segment.partition(), p -> new ArrayList<>()).add(segment);
    }
    var next =
        new PriorityQueue<PartitionSamples>(
            Comparator.<PartitionSamples>comparingLong(p -> p.first().step())
                .thenComparingInt(p -> p.first().row()));
    try {
      for (List<Segment> files : byPartition.values()) {
        var samples = new PartitionSamples(folder, files, seal);
        if (samples.hasFirst()) {
          next.add(samples);
        }
      }
      for (PartitionSamples least = next.poll(); least != null; least = next.poll()) {
        to.accept(least.first());
        if (least.advance()) {
          next.add(least);
        }
      }
    } finally {
      next.forEach(PartitionSamples::close);
    }
  }

  /** What a cut and those behind it undid; steps are counted anew behind weights alone. */
  private List<Cut.Withdrawn> withdrawn(int cut) {
    List<Cut.Withdrawn> withdrawn = new ArrayList<>();
    long before = 0;
    for (Cut later : cuts.subList(cut, cuts.size())) {
      if (later.step() < before) {
        break;
      }
      before = later.step();
      withdrawn.addAll(later.withdrawn());
    }
    return withdrawn;
  }

  private static boolean has(List<Cut.Withdrawn> withdrawn, long step) {
    return withdrawn.stream().anyMatch(undone -> undone.has(step));
  }

  /**
   * What was found.
   *
   * @param samples that were read whole, without those withdrawn
   * @param missing that were learned from and are not there, because they could not be written
   * @param problems all that is not as it was written, a line each
   */
  public record Verification(long samples, long missing, List<String> problems) {
    public Verification {
      problems = List.copyOf(problems);
    }
  }

  /**
   * Reads all of it and compares hashes, numbers and accounts.
   *
   * @param upTo account that it should reach; empty to leave that open
   */
  public Verification verify(Optional<Ledger> upTo) {
    List<String> problems = new ArrayList<>(unreadable);
    long samples = 0;
    for (int i = 0; i < cuts.size(); i++) {
      Cut cut = cuts.get(i);
      if (i > 0) {
        follow(cuts.get(i - 1), cut, problems);
      }
      if (!cut.addsUp()) {
        problems.add(
            "%s: it has %,d samples, %,d missing and %,d withdrawn, where %,d were learned from."
                .formatted(
                    ArchiveFolder.name(cut.number()),
                    cut.rows(),
                    cut.missingRows(),
                    cut.withdrawnRows(),
                    cut.to().trained() - cut.from().trained()));
      }
      List<Cut.Withdrawn> withdrawn = withdrawn(i);
      for (Segment segment : cut.segments()) {
        try {
          samples += verify(segment, withdrawn);
        } catch (HeadraceException damage) {
          problems.add(String.valueOf(damage.getMessage()));
        }
      }
    }
    upTo.ifPresent(ledger -> reaches(ledger, problems));
    long missing = cuts.stream().mapToLong(Cut::missingRows).sum();
    return new Verification(samples, missing, problems);
  }

  private static void follow(Cut before, Cut cut, List<String> problems) {
    if (cut.number() != before.number() + 1) {
      problems.add(
          "%s is missing, and all between steps %,d and %,d: %,d samples that were learned from."
              .formatted(
                  cut.number() == before.number() + 2
                      ? ArchiveFolder.name(before.number() + 1)
                      : ArchiveFolder.name(before.number() + 1)
                          + " to "
                          + ArchiveFolder.name(cut.number() - 1),
                  before.step(),
                  cut.step(),
                  cut.from().trained() - before.to().trained()));
    } else if (!cut.from().equals(before.to())) {
      problems.add(
          "%s does not begin where %s ends."
              .formatted(ArchiveFolder.name(cut.number()), ArchiveFolder.name(before.number())));
    }
  }

  private void reaches(Ledger upTo, List<String> problems) {
    long trained = cuts.isEmpty() ? 0 : cuts.getLast().to().trained();
    if (trained != upTo.trained()) {
      problems.add(
          "It ends where %,d samples were learned from; the checkpoint is behind %,d."
              .formatted(trained, upTo.trained()));
    }
  }

  private long verify(Segment segment, List<Cut.Withdrawn> withdrawn) {
    long samples = 0;
    long step = segment.firstStep();
    int row = -1;
    try (var read = new SegmentSamples(folder.path(segment.file()), segment, seal)) {
      for (ArchivedSample s = read.next(); s != null; s = read.next()) {
        boolean inOrder = s.step() > step || (s.step() == step && s.row() > row);
        boolean within =
            s.step() <= segment.lastStep()
                && s.position() >= segment.firstPosition()
                && s.position() <= segment.lastPosition();
        if (!inOrder || !within) {
          throw new HeadraceException(
              "%s: position %,d in step %,d is not in its place."
                  .formatted(folder.path(segment.file()), s.position(), s.step()));
        }
        step = s.step();
        row = s.row();
        samples += has(withdrawn, step) ? 0 : 1;
      }
    }
    return samples;
  }
}
