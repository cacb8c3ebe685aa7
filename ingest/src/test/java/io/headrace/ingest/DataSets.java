package io.headrace.ingest;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Public data sets, where this machine has them: below the folder that HEADRACE_DATA names. */
public final class DataSets {
  private DataSets() {}

  /** The folder with all of them; skips the test if it lacks {@code needed}. */
  public static Path with(String needed) {
    Path folder =
        Optional.ofNullable(System.getenv("HEADRACE_DATA"))
            .map(Path::of)
            .orElse(Path.of(System.getProperty("user.home"), ".cache", "headrace-data"));
    assumeTrue(
        Files.exists(folder.resolve(needed)),
        "skipped: no " + folder.resolve(needed) + "; put it there, or set HEADRACE_DATA");
    return folder;
  }
}
