package io.headrace.ingest.file;

import io.headrace.engine.error.InvalidSettingException;
import java.util.Optional;

/** How a file is cut into records. */
public sealed interface FileFormat {
  /** Blocks of an Avro container file. */
  record Avro() implements FileFormat {}

  /** The rows of a Parquet file, by the names of its columns. */
  record Parquet() implements FileFormat {}

  /** One record a line, e.g. JSON lines; blank lines are passed over. */
  record Lines() implements FileFormat {}

  /**
   * Whole files, each in a folder named for its class; all of a path are one source, in an order
   * that mixes the classes. A record is the folder's name, a line feed, and the file's bytes.
   */
  record Folder() implements FileFormat {}

  /**
   * Every {@code stride} characters of plain UTF-8 text, {@code length} characters and the one that
   * follows them: overlapping records, for models that predict the next character.
   */
  record Windows(int length, int stride) implements FileFormat {}

  /**
   * IDX files of images (LeCun, Cortes, Burges 1998) with their labels in files of the same kind.
   * Where there are labels, a record is a label's byte and the image's bytes, else these alone.
   *
   * @param labels path of the labels' files, in the order of the images' files; without it, an
   *     images' file of MNIST's naming finds its labels beside itself, if they are there
   */
  record Idx(Optional<String> labels) implements FileFormat {}

  /**
   * Records of a fixed number of bytes, one after the other; what is left at a file's end is a
   * shorter one.
   */
  record Fixed(int recordBytes) implements FileFormat {}

  /**
   * Records as RFC 4180 has them: a quoted field may hold line breaks. Blank lines are passed over.
   *
   * @param delimiter between fields; ASCII
   * @param header whether the first record of each file names its columns
   */
  record Csv(char delimiter, boolean header) implements FileFormat {
    public Csv {
      if (delimiter >= 128 || delimiter == '"' || delimiter == '\n' || delimiter == '\r') {
        throw new InvalidSettingException(
            "delimiter", "'" + delimiter + "' cannot part fields. Use one such as , ; | or a tab.");
      }
    }
  }
}
