package io.headrace.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.app.CommandLineRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokensCommandTest {
  @TempDir private Path folder;

  @Test
  void showsATokenOnceAndKeepsItsHashForTheOwnerAlone() throws IOException {
    Path file = folder.resolve("made/tokens.json");
    CommandLineRun first = create(file, "ada", "operator");
    CommandLineRun second = create(file, "ci", "PRODUCER");

    first.mustSucceed();
    assertThat(first.out().strip()).matches("headrace_[A-Za-z0-9_-]{43}");
    assertThat(first.err()).contains("of ada, operator until", "shown this once");
    assertThat(second.out()).isNotEqualTo(first.out());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    CommandLineRun list = CommandLineRun.of("tokens", "list", "--file", file);
    assertThat(list.out()).hasLineCount(2).contains("operator  until", "ada", "producer", "ci");
    assertThat(list.out() + Files.readString(file))
        .doesNotContain(first.out().strip(), second.out().strip());
  }

  @Test
  void revokesOneByItsId() {
    Path file = folder.resolve("tokens.json");
    create(file, "ada", "viewer");
    String line = CommandLineRun.of("tokens", "list", "--file", file).out();
    String id = line.substring(0, line.indexOf(' '));

    assertThat(CommandLineRun.of("tokens", "revoke", "--file", file, id).out()).contains(id);
    assertThat(CommandLineRun.of("tokens", "list", "--file", file).out()).isEmpty();
    CommandLineRun again = CommandLineRun.of("tokens", "revoke", "--file", file, id);
    assertThat(again.status()).isOne();
    assertThat(again.err()).contains("has no token " + id, "headrace tokens list");
  }

  @Test
  void saysWhatIsWrongWithAFile() throws IOException {
    Path file = folder.resolve("tokens.json");
    assertThat(CommandLineRun.of("tokens", "list", "--file", file).err())
        .contains("There is no file of tokens", "headrace tokens create");

    create(file, "ada", "viewer");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThat(CommandLineRun.of("tokens", "list", "--file", file).err())
        .contains("(rw-r-----)", "chmod 600 " + file);

    Path text =
        Files.writeString(folder.resolve("text.json"), "{\"tokens\": [{\"id\": \"secret\"}]}");
    Files.setPosixFilePermissions(text, PosixFilePermissions.fromString("rw-------"));
    assertThat(CommandLineRun.of("tokens", "list", "--file", text).err())
        .contains("is not a file of tokens")
        .doesNotContain("secret");
  }

  @Test
  void refusesWhatItCannotKeep() {
    Path file = folder.resolve("tokens.json");
    assertThat(create(file, "new\nline", "viewer").status()).isEqualTo(2);
    assertThat(create(file, "ada", "root").err()).contains("root");
    CommandLineRun forever =
        CommandLineRun.of(
            "tokens",
            "create",
            "--file",
            file,
            "--name",
            "ada",
            "--role",
            "viewer",
            "--expires",
            0);
    assertThat(forever.err()).contains("--expires 0 is not within 1 to 3650");
    assertThat(file).doesNotExist();
  }

  private static CommandLineRun create(Path file, String name, String role) {
    return CommandLineRun.of("tokens", "create", "--file", file, "--name", name, "--role", role);
  }
}
