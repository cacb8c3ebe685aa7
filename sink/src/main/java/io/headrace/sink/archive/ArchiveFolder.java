package io.headrace.sink.archive;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.sink.seal.FileSeal;
import io.headrace.sink.seal.Rewriting;
import io.headrace.sink.seal.StoredBytes;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The files of an archive: samples in {@code SOURCE-PARTITION.FIRST-LAST.avro}, and for each cut a
 * {@code cut-NUMBER.json} that lists them. A file that no cut lists is not part of the archive. Not
 * thread-safe, but for reading.
 */
final class ArchiveFolder {
  static final String CUT_KIND = "archive-cut";

  private static final String CUT = "cut-";
  private static final int DIGITS = 12;
  private static final Pattern CUT_NAME = Pattern.compile("cut-\\d{12,}\\.json");
  private static final Pattern ASIDE = Pattern.compile("behind-\\d+(-\\d+)?");
  private static final String AVRO = ".avro";
  private static final String PART = ".part";
  private static final int LONGEST_NAME = 100;
  private static final Pattern UNFINISHED =
      Pattern.compile("segment-\\d+\\.part|cut-\\d{12}\\.json\\.tmp");
  private static final Pattern FINISHED =
      Pattern.compile(".+-\\d+\\.\\d{15,}-\\d{15,}(\\.\\d+)?\\.avro");

  private final Path directory;
  private final FileSeal seal;
  private int parts;

  ArchiveFolder(Path directory, FileSeal seal) {
    this.directory = directory;
    this.seal = seal;
  }

  Path path(String file) {
    return directory.resolve(file);
  }

  long size(String file) throws IOException {
    return Files.size(path(file));
  }

  /** For a file that has no name yet. */
  Path newPart() {
    return path("segment-" + ++parts + PART);
  }

  /** Gives a whole file the name of what is in it. */
  String place(Path part, SourcePartition partition, long first, long last) throws IOException {
    String source = URLEncoder.encode(partition.source(), StandardCharsets.UTF_8);
    String its =
        String.format(
            Locale.ROOT,
            "%s-%d.%015d-%015d",
            source.substring(Math.max(0, source.length() - LONGEST_NAME)),
            partition.partition(),
            first,
            last);
    String name = its + AVRO;
    for (int again = 2; Files.exists(path(name)); again++) {
      name = its + "." + again + AVRO;
    }
    Files.move(part, path(name), StandardCopyOption.ATOMIC_MOVE);
    return name;
  }

  /** Makes a cut part of the archive, whole or not at all. Its files are durable. */
  void publish(Cut cut) throws IOException {
    byte[] text = CutText.write(cut);
    Rewriting.replace(
        path(name(cut.number())),
        channel -> {
          try (WritableByteChannel out = seal.writer(channel, label(cut), text.length)) {
            for (ByteBuffer bytes = ByteBuffer.wrap(text); bytes.hasRemaining(); ) {
              out.write(bytes);
            }
          }
        });
  }

  static String name(long number) {
    return String.format(Locale.ROOT, CUT + "%0" + DIGITS + "d.json", number);
  }

  /** Binds an encrypted cut to its job and its place. */
  static Map<String, String> label(Cut cut) {
    return Map.of("kind", CUT_KIND, "job", cut.job(), "number", Long.toString(cut.number()));
  }

  /** Names of the files that list cuts, oldest first. */
  List<String> cutNames() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> CUT_NAME.matcher(name).matches())
          .sorted()
          .toList();
    }
  }

  /**
   * Reads a cut.
   *
   * @throws IOException if it cannot be read, or is not what was written
   * @throws HeadraceException if it is encrypted and its key is not at hand, or was changed
   */
  Cut read(String name) throws IOException {
    Path file = path(name);
    byte[] text;
    try (StoredBytes in = seal.open(file)) {
      ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(in.size()));
      while (bytes.hasRemaining() && in.read(bytes, bytes.position()) > 0) {
        // until all is read
      }
      text = bytes.array();
    }
    Cut cut = CutText.read(text);
    Map<String, String> its = FileSeal.label(file).orElse(label(cut));
    if (!name.equals(name(cut.number())) || !its.entrySet().containsAll(label(cut).entrySet())) {
      throw new IOException("it is cut %d of %s".formatted(cut.number(), cut.job()));
    }
    return cut;
  }

  /** Of the cut to come. */
  long nextNumber() throws IOException {
    List<String> names = cutNames();
    return names.isEmpty()
        ? 1
        : 1 + Long.parseLong(names.getLast().substring(CUT.length(), CUT.length() + DIGITS));
  }

  /** All cuts that can be read, oldest first; {@code unreadable} is told of the others. */
  List<Cut> cuts(Consumer<String> unreadable) throws IOException {
    List<Cut> cuts = new ArrayList<>();
    for (String name : cutNames()) {
      try {
        cuts.add(read(name));
      } catch (IOException | HeadraceException e) {
        unreadable.accept("%s cannot be read: %s".formatted(path(name), e.getMessage()));
      }
    }
    return cuts;
  }

  /** Deletes files of samples that no cut lists: what a kill left. */
  void tidy(List<Cut> cuts) throws IOException {
    Set<String> listed =
        cuts.stream()
            .flatMap(cut -> cut.segments().stream())
            .map(Segment::file)
            .collect(Collectors.toSet());
    List<Path> others;
    try (Stream<Path> files = Files.list(directory)) {
      others = files.filter(file -> isLeftOver(file, listed)).toList();
    }
    for (Path file : others) {
      Files.delete(file);
    }
  }

  /** Whatever is called otherwise is somebody else's. */
  private static boolean isLeftOver(Path file, Set<String> listed) {
    String name = String.valueOf(file.getFileName());
    return UNFINISHED.matcher(name).matches()
        || (FINISHED.matcher(name).matches() && !listed.contains(name));
  }

  /** Moves cuts and their files into a folder beside the others; returns its name. */
  String putAside(List<Cut> cuts) throws IOException {
    Path aside = newFolder("behind-" + cuts.getFirst().number());
    for (Cut cut : cuts.reversed()) {
      Files.move(path(name(cut.number())), aside.resolve(name(cut.number())));
      for (Segment segment : cut.segments()) {
        if (Files.exists(path(segment.file()))) {
          Files.move(path(segment.file()), aside.resolve(segment.file()));
        }
      }
    }
    return String.valueOf(aside.getFileName());
  }

  /** A folder of cuts that were put aside. */
  record Aside(Path folder, long bytes, long createdAtMillis) {}

  /** What was put aside, the oldest first. */
  List<Aside> aside() throws IOException {
    List<Path> folders;
    try (Stream<Path> files = Files.list(directory)) {
      folders = files.filter(f -> ASIDE.matcher(f.getFileName().toString()).matches()).toList();
    }
    List<Aside> aside = new ArrayList<>();
    for (Path folder : folders) {
      long bytes = 0;
      for (Path file : files(folder)) {
        bytes += Files.size(file);
      }
      aside.add(new Aside(folder, bytes, Files.getLastModifiedTime(folder).toMillis()));
    }
    aside.sort(Comparator.comparingLong(Aside::createdAtMillis));
    return aside;
  }

  void delete(Aside aside) throws IOException {
    for (Path file : files(aside.folder())) {
      Files.delete(file);
    }
    Files.delete(aside.folder());
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  private Path newFolder(String name) throws IOException {
    for (int number = 1; ; number++) {
      try {
        return Files.createDirectory(path(number == 1 ? name : name + "-" + number));
      } catch (FileAlreadyExistsException _) {
        // the next number, then
      }
    }
  }

  /** Deletes a cut, then its files: killed in between, these are left over. */
  void delete(Cut cut) throws IOException {
    Files.deleteIfExists(path(name(cut.number())));
    for (Segment segment : cut.segments()) {
      delete(segment);
    }
  }

  void delete(Segment segment) throws IOException {
    Files.deleteIfExists(path(segment.file()));
  }
}
