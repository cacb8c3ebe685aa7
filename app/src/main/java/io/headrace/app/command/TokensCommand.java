package io.headrace.app.command;

import io.headrace.app.access.ApiToken;
import io.headrace.app.access.Role;
import io.headrace.app.access.TokenFile;
import io.headrace.app.report.PrettyJson;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code headrace tokens}: makes, lists and revokes API tokens. */
@Command(
    name = "tokens",
    description =
        "Makes, lists and revokes the tokens by which people and programs say who they are.",
    synopsisSubcommandLabel = "(create | list | revoke)",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  headrace tokens create --file tokens.json --role viewer --name Vera",
      "  headrace tokens list --file tokens.json --json"
    })
final class TokensCommand implements Runnable {
  private static final String FILE = "The file that access.tokens of the job names.";

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "What is to be done with the tokens?");
  }

  @Command(
      name = "create",
      description = "Makes a token and shows it, this once: only its hash is kept.",
      mixinStandardHelpOptions = true)
  int create(
      @Option(names = "--file", required = true, paramLabel = "FILE", description = FILE) Path file,
      @Option(
              names = "--name",
              required = true,
              paramLabel = "NAME",
              description = "Who or what is to have it.")
          String name,
      @Option(
              names = "--role",
              required = true,
              paramLabel = "ROLE",
              description = "viewer, producer, operator or admin.")
          Role role,
      @Option(
              names = "--expires",
              paramLabel = "DAYS",
              defaultValue = "90",
              description = "After so many days, 1 to 3650 (default: ${DEFAULT-VALUE}).")
          int days) {
    if (days < 1 || days > 3650) {
      throw new ParameterException(
          spec.commandLine(), "--expires %d is not within 1 to 3650 days".formatted(days));
    }
    if (!name.matches("[\\p{L}\\p{N}@._ -]{1,100}")) {
      throw new ParameterException(
          spec.commandLine(), "--name takes up to 100 letters, digits, blanks and @ . _ -");
    }
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    ApiToken.Made made =
        new TokenFile(file).create(name, role, now, now.plus(Duration.ofDays(days)));
    out().println(made.secret());
    spec.commandLine()
        .getErr()
        .printf(
            "Token %s of %s, %s until %s. It is shown this once; give it as Authorization: Bearer TOKEN.%n",
            made.token().id(), name, role.code(), made.token().expires());
    return 0;
  }

  @Command(
      name = "list",
      description = "Lists the tokens of a file; what they are, it does not know.",
      mixinStandardHelpOptions = true)
  int list(
      @Option(names = "--file", required = true, paramLabel = "FILE", description = FILE) Path file,
      @Option(names = "--json", description = "As a JSON array.") boolean json) {
    Instant now = Instant.now();
    if (json) {
      out().println(PrettyJson.text(listed(new TokenFile(file).read(), now)));
      return 0;
    }
    for (ApiToken token : new TokenFile(file).read()) {
      out()
          .printf(
              "%s  %-8s  %s %s  %s%n",
              token.id(),
              token.role().code(),
              token.expires().isAfter(now) ? "until" : "expired",
              token.expires(),
              token.name());
    }
    return 0;
  }

  private static List<Map<String, Object>> listed(List<ApiToken> tokens, Instant now) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (ApiToken token : tokens) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("id", token.id());
      line.put("role", token.role().code());
      line.put("name", token.name());
      line.put("expires", token.expires().toString());
      line.put("expired", !token.expires().isAfter(now));
      all.add(line);
    }
    return all;
  }

  @Command(
      name = "revoke",
      description = "Takes a token out of the file; running services refuse it from then on.",
      mixinStandardHelpOptions = true)
  int revoke(
      @Option(names = "--file", required = true, paramLabel = "FILE", description = FILE) Path file,
      @Parameters(paramLabel = "ID", description = "As create and list show it.") String id) {
    new TokenFile(file).revoke(id);
    out().printf("Token %s is revoked%n", id);
    return 0;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
