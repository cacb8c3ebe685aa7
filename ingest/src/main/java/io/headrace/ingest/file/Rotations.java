package io.headrace.ingest.file;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * The files beside a followed one that it was before it was rotated: those named for it with a
 * number or a date behind, packed or not, as {@code app.log.1} or {@code app.log-20260131.gz}. They
 * come in the order in which they were last written; those of one moment, by their names: the
 * higher number and the earlier date first. Immutable.
 */
final class Rotations {
  /** A count of rotations, not a date: the largest is the oldest. */
  private static final Pattern COUNT = Pattern.compile("[._-]([0-9]{1,4})(\\.gz|\\.zst)?");

  private static final Pattern BEHIND = Pattern.compile("[._-][0-9][0-9T:._-]*(\\.gz|\\.zst)?");

  private final Path path;

  Rotations(Path path) {
    this.path = path;
  }

  /**
   * How far the files were read: up to those that were last written at one moment. Immutable.
   *
   * @param keys of the files of that moment that were read
   * @param heads how those begin
   */
  record Left(FileTime modified, Set<Long> keys, Set<FileHead> heads) {
    Left {
      keys = Set.copyOf(keys);
      heads = Set.copyOf(heads);
    }

    /** Up to a file that was read behind those. */
    Left then(FileTime time, long key, FileHead head) {
      Left with = then(time, key);
      Set<FileHead> moreHeads = new HashSet<>(with.heads);
      moreHeads.add(head);
      return new Left(time, with.keys, moreHeads);
    }

    /** Up to a file without records behind those. */
    Left then(FileTime time, long key) {
      Set<Long> moreKeys = new HashSet<>(time.equals(modified) ? keys : Set.of());
      moreKeys.add(key);
      return new Left(time, moreKeys, time.equals(modified) ? heads : Set.of());
    }

    /** Whether a file is still to be read. Of the same moment, its packed form is the same file. */
    private boolean isBefore(Seen other) {
      int order = other.modified().compareTo(modified);
      return order > 0
          || (order == 0
              && !keys.contains(other.key())
              && heads.stream().noneMatch(head -> reaches(other, head, 0)));
    }
  }

  /** A file as it was when it was looked at. */
  record Seen(Path path, long key, long size, FileTime modified) {
    /** What is there now; empty if there is no such file. */
    static Optional<Seen> at(Path path) throws IOException {
      try {
        var attributes = Files.readAttributes(path, BasicFileAttributes.class);
        return attributes.isRegularFile()
            ? Optional.of(
                new Seen(
                    path,
                    key(attributes.fileKey()),
                    attributes.size(),
                    attributes.lastModifiedTime()))
            : Optional.empty();
      } catch (NoSuchFileException e) {
        return Optional.empty();
      }
    }

    /** Whether the path still names this file. */
    boolean isThere() throws IOException {
      return at(path).filter(now -> now.key() == key).isPresent();
    }

    private static long key(Object key) {
      var sum = new CRC32C();
      sum.update(String.valueOf(key).getBytes(StandardCharsets.UTF_8));
      return sum.getValue();
    }
  }

  /**
   * The file that was followed, under whatever name: by its key, else as a copy, packed or not.
   *
   * @param offset which it has to reach
   */
  Optional<Seen> find(long key, FileHead head, long offset) throws IOException {
    List<Seen> all = new ArrayList<>(beside());
    Seen.at(path).ifPresent(all::addFirst);
    for (Seen seen : all) {
      if (seen.key() == key && reaches(seen, head, offset)) {
        return Optional.of(seen);
      }
    }
    for (Seen seen : all) {
      if (seen.key() != key && !seen.path().equals(path) && reaches(seen, head, offset)) {
        return Optional.of(seen);
      }
    }
    return Optional.empty();
  }

  /** Files that were rotated after one that was left, oldest first. */
  List<Seen> since(Left left) throws IOException {
    List<Seen> all = beside();
    return all.stream()
        .filter(left::isBefore)
        .filter(seen -> all.stream().noneMatch(other -> isPacked(seen, other)))
        .toList();
  }

  /** Up to the newest of them, as if all were read. */
  Left newest() throws IOException {
    List<Seen> all = beside();
    Left left = new Left(FileTime.fromMillis(0), Set.of(), Set.of());
    for (Seen seen : all) {
      left = left.then(seen.modified(), seen.key());
    }
    return left;
  }

  /** Whether one is the packed form of another that is there too. */
  private static boolean isPacked(Seen one, Seen other) {
    String name = one.path().toString();
    return name.equals(other.path() + ".gz") || name.equals(other.path() + ".zst");
  }

  private List<Seen> beside() throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      return List.of();
    }
    String name = path.getFileName().toString();
    List<Seen> all = new ArrayList<>();
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path entry : (Iterable<Path>) entries::iterator) {
        String other = entry.getFileName().toString();
        if (other.startsWith(name) && BEHIND.matcher(other.substring(name.length())).matches()) {
          Seen.at(entry).ifPresent(all::add);
        }
      }
    }
    all.sort(
        Comparator.comparing(Seen::modified)
            .thenComparing(Comparator.comparingInt(this::rotations).reversed())
            .thenComparing(Seen::path));
    return all;
  }

  /** How often a file was rotated, if its name counts that. */
  private int rotations(Seen file) {
    String behind =
        file.path().getFileName().toString().substring(path.getFileName().toString().length());
    Matcher count = COUNT.matcher(behind);
    return count.matches() ? Integer.parseInt(count.group(1)) : 0;
  }

  private static boolean reaches(Seen seen, FileHead head, long offset) {
    try (InputStream in = unpacked(seen.path())) {
      if (!head.isOf(in)) {
        return false;
      }
      in.skipNBytes(Math.max(0, offset - head.length()));
      return true;
    } catch (IOException e) {
      return false; // it is gone by now, too short, or damaged
    }
  }

  /** The bytes of a file, or those that are packed in it. */
  static InputStream unpacked(Path file) throws IOException {
    InputStream raw = Files.newInputStream(file);
    try {
      return new BufferedInputStream(Unpacked.of(raw), 1 << 16);
    } catch (IOException e) {
      raw.close();
      throw e;
    }
  }
}
