package io.headrace.sink.checkpoint;

import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Faults of the file system in words. */
final class Failures {
  private Failures() {}

  static String reason(IOException e) {
    return switch (e) {
      case AccessDeniedException denied -> "no right to access " + denied.getFile();
      case FileAlreadyExistsException exists -> exists.getFile() + " is not a directory";
      case NoSuchFileException missing -> missing.getFile() + " does not exist";
      case FileSystemException fault when fault.getReason() != null ->
          fault.getReason() + ": " + fault.getFile();
      default -> String.valueOf(e.getMessage());
    };
  }

  static HeadraceException notReadable(Path file, IOException e) {
    return new HeadraceException(
        file + " could not be read (" + reason(e) + "). Check the disk and the file's rights.", e);
  }
}
