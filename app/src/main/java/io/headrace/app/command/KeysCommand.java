package io.headrace.app.command;

import io.headrace.app.report.PrettyJson;
import io.headrace.pipeline.job.JobRewrap;
import io.headrace.sink.seal.EncryptionSettings;
import io.headrace.sink.seal.KeySetFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code headrace keys}: the keys that what a job keeps is encrypted with. */
@Command(
    name = "keys",
    description = "Makes, lists and rotates the keys of a job's encryption.",
    synopsisSubcommandLabel =
        "(create | list | public | rotate | rewrap | disable | enable | delete)",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  headrace keys create keys.json",
      "  headrace keys rotate keys.json"
    })
final class KeysCommand implements Runnable {
  /** The parameter and the options that say which key set is meant. */
  static final class Place {
    @Parameters(paramLabel = "FILE", description = "The key set, the encryption.keys of a job.")
    private Path file;

    @Option(
        names = "--kms",
        paramLabel = "URI",
        description = "The key in a key management service that the key set is encrypted with.")
    private @Nullable String kms;

    @Option(
        names = "--kms-credentials",
        paramLabel = "FILE",
        description = "Credentials for that service.")
    private @Nullable Path kmsCredentials;

    KeySetFile keys() {
      return new KeySetFile(
          new EncryptionSettings(
              file.toString(), Optional.ofNullable(kms), Optional.ofNullable(kmsCredentials)));
    }
  }

  private static final String ID = "The key, as list shows it.";

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "What is to be done with the keys?");
  }

  @Command(
      name = "create",
      description = "Makes a key set with one key, in a file that only its owner may read.",
      mixinStandardHelpOptions = true)
  int create(
      @Mixin Place place,
      @Option(
              names = "--signing",
              description = "A key that signs exported models, instead of one that encrypts.")
          boolean signing) {
    long id = signing ? place.keys().createForSigning() : place.keys().create();
    out()
        .printf(
            Locale.ROOT,
            "Key %d is in %s. Keep a copy elsewhere: without it, %s.%n",
            id,
            place.file,
            signing ? "nobody signs as you" : "what is encrypted with it is lost");
    return 0;
  }

  @Command(
      name = "list",
      description = "Lists the keys by id; never the keys themselves.",
      mixinStandardHelpOptions = true)
  int list(
      @Mixin Place place,
      @Option(names = "--json", description = "As a JSON array.") boolean json) {
    if (json) {
      out().println(PrettyJson.text(listed(place.keys().list())));
      return 0;
    }
    for (KeySetFile.ListedKey key : place.keys().list()) {
      out().printf(Locale.ROOT, "%-10d  %s%s%n", key.id(), key.state(), primary(key));
    }
    return 0;
  }

  private static List<Map<String, Object>> listed(List<KeySetFile.ListedKey> keys) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (KeySetFile.ListedKey key : keys) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("id", key.id());
      line.put("state", key.state());
      line.put("primary", key.primary());
      all.add(line);
    }
    return all;
  }

  private static String primary(KeySetFile.ListedKey key) {
    return key.primary() ? "  primary" : "";
  }

  @Command(
      name = "rotate",
      description =
          "Adds a key, which files get that are written from the next start on; older ones stay readable.",
      mixinStandardHelpOptions = true)
  int rotate(@Mixin Place place) {
    out()
        .printf(
            Locale.ROOT,
            "Key %d is the primary one now. Jobs take it with their next start; keep a copy of %s.%n",
            place.keys().rotate(),
            place.file);
    return 0;
  }

  @Command(
      name = "disable",
      description = "Disables a key: what is encrypted with it cannot be read until it is enabled.",
      mixinStandardHelpOptions = true)
  int disable(
      @Mixin Place place, @Parameters(index = "1", paramLabel = "ID", description = ID) long id) {
    place.keys().setEnabled(id, false);
    out().printf(Locale.ROOT, "Key %d is disabled%n", id);
    return 0;
  }

  @Command(
      name = "enable",
      description = "Enables a key that was disabled.",
      mixinStandardHelpOptions = true)
  int enable(
      @Mixin Place place, @Parameters(index = "1", paramLabel = "ID", description = ID) long id) {
    place.keys().setEnabled(id, true);
    out().printf(Locale.ROOT, "Key %d is enabled%n", id);
    return 0;
  }

  @Command(
      name = "delete",
      description = "Deletes a key for good: what is still encrypted with it is lost.",
      mixinStandardHelpOptions = true)
  int delete(
      @Mixin Place place, @Parameters(index = "1", paramLabel = "ID", description = ID) long id) {
    place.keys().delete(id);
    out().printf(Locale.ROOT, "Key %d is deleted%n", id);
    return 0;
  }

  @Command(
      name = "public",
      description = "Writes the public keys of a key set that signs, for those who verify.",
      mixinStandardHelpOptions = true)
  int publicKeys(
      @Mixin Place place,
      @Option(
              names = "--to",
              required = true,
              paramLabel = "PUBLIC",
              description = "The file to write.")
          Path to) {
    place.keys().writePublic(to);
    out().printf(Locale.ROOT, "The public keys of %s are in %s%n", place.file, to);
    return 0;
  }

  @Command(
      name = "rewrap",
      description =
          "Encrypts what a job keeps anew with the primary key, while it does not run: checkpoints, in its object store too, batch journal, dead letters in a file, log of pushed samples, archive.",
      mixinStandardHelpOptions = true)
  int rewrap(
      @Mixin JobOptions options,
      @Option(
              names = "--plain",
              description = "Encrypt files as well that are not: those from before encryption.")
          boolean plain,
      @Option(
              names = "--take-over",
              description =
                  "For checkpoints.store: even where the last run has not said that it ended, as one killed on another machine.")
          boolean takeOver) {
    int rewritten = new JobRewrap(options.read(List.of()), plain, takeOver).run();
    out().printf(Locale.ROOT, "%,d files are encrypted anew%n", rewritten);
    return 0;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
