package io.headrace.ingest.file;

import io.headrace.engine.error.InvalidSettingException;

/** How a file is cut into records. */
public sealed interface FileFormat {
  /** Blocks of an Avro container file. */
  record Avro() implements FileFormat {}

  /** One record a line, e.g. JSON lines; blank lines are passed over. */
  record Lines() implements FileFormat {}

  /**
   * Whole files, each in a folder named for its class; all of a path are one source, in an order
   * that mixes the classes. A record is the folder's name, a line feed, and the file's bytes.
   */
  record Folder() implements FileFormat {}

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
