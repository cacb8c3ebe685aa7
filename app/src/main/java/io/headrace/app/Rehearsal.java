package io.headrace.app;

import io.headrace.app.command.HeadraceCommand;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Runs two jobs in one process, for the JVM to keep their classes and the profiles of their methods
 * ready for later starts: flights from an Avro file and clicks from text, which take different ways
 * through the decoders. Used by one thread.
 */
final class Rehearsal {
  private static final int CLICKS = 50_000;
  private static final int AMOUNTS = 13;
  private static final int NAMES = 24;

  private Rehearsal() {}

  /** Whether this JVM runs to tell what to keep. */
  static boolean isAskedFor() {
    return Boolean.getBoolean("headrace.keeping-classes");
  }

  /**
   * Takes the folder of the example jobs and an empty one to work in; what follows is given to the
   * job of flights as well.
   *
   * @return the exit status: that of the first job that failed
   */
  static int run(String... arguments) {
    Path examples = Path.of(arguments[0]);
    Path work = Path.of(arguments[1]);
    List<String> more = List.of(arguments).subList(2, arguments.length);
    writeClicks(work.resolve("ctr.vw"));
    int flights = run(examples, "flights", work, 1, more);
    return flights != 0
        ? flights
        : run(examples, "ctr", work, 3, List.of("--data", work.toString()));
  }

  private static int run(Path examples, String job, Path work, int epochs, List<String> more) {
    var arguments = new ArrayList<String>();
    Collections.addAll(arguments, "run", examples.resolve(job).resolve("job.yaml").toString());
    Collections.addAll(arguments, "--set", "checkpoints.directory=" + work.resolve(job));
    Collections.addAll(arguments, "--set", "epochs=" + epochs);
    arguments.addAll(more);
    String[] given = arguments.toArray(String[]::new);
    return HeadraceCommand.commandLineFor(given).execute(given);
  }

  /**
   * Plain lines of Vowpal Wabbit's: some amounts, some names, and a label that hangs on them.
   * Written without format strings: what is hot here is compiled early in each start.
   */
  private static void writeClicks(Path file) {
    var random = new Random(1);
    try (BufferedWriter lines = Files.newBufferedWriter(file)) {
      for (int row = 0; row < CLICKS; row++) {
        var line = new StringBuilder(" |i");
        for (int field = 1; field <= AMOUNTS; field++) {
          if (random.nextInt(4) > 0) {
            int hundredths = random.nextInt(400);
            line.append(" i").append(field).append(':').append(hundredths / 100).append('.');
            line.append(hundredths / 10 % 10).append(hundredths % 10);
          }
        }
        line.append(" |c");
        int sum = 0;
        for (int field = 1; field <= NAMES; field++) {
          int name = (int) (Math.pow(random.nextDouble(), 4) * 1_000 * field);
          sum += name & 1;
          String hash = Integer.toHexString((name * 0x9e3779b1) >>> 4);
          line.append(" c").append(field).append('=').repeat('0', 7 - hash.length()).append(hash);
        }
        boolean clicked = sum + random.nextInt(12) > NAMES / 2 + 8;
        lines.write((clicked ? "1" : "-1") + line + "\n");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
