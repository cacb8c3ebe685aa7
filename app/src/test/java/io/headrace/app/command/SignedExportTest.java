package io.headrace.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.app.CommandLineRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exported models with a signature, and what is told of those that somebody changed. */
class SignedExportTest {
  @TempDir private Path folder;

  private Path model = Path.of("");

  @BeforeEach
  void exportAndSign() throws IOException {
    Files.writeString(folder.resolve("rows.vw"), "1 |a x y\n-1 |a z\n".repeat(200));
    Files.writeString(
        folder.resolve("job.yaml"),
        """
        name: signed
        source: {file: {path: rows.vw, format: vw}}
        sample: {label: {classes: [-1, 1]}, inputs: {features: {sparse: {bits: 10}}}}
        model: [linear]
        loss: logistic
        optimizer: {sgd: {learning-rate: 0.1}}
        checkpoints: {directory: %s}
        """
            .formatted(folder.resolve("stored")));
    run("run", folder.resolve("job.yaml"));
    run("keys", "create", keys("signer"), "--signing");
    run("keys", "public", keys("signer"), "--to", folder.resolve("public.json"));
    model = folder.resolve("model.vw");
    assertThat(
            run("checkpoints", "export", folder.resolve("stored"), model, "--sign", keys("signer")))
        .contains("signed with key", "model.vw.sig");
  }

  private Path keys(String name) {
    return folder.resolve(name + ".json");
  }

  private static String run(Object... words) {
    var run = CommandLineRun.of(words);
    assertThat(run.status()).as("%s: %s", List.of(words), run.err()).isZero();
    return run.out();
  }

  private CommandLineRun verify(String publicKeys) {
    return CommandLineRun.of("verify", model, "--keys", folder.resolve(publicKeys));
  }

  private void assertRefused(String... words) {
    var refused = verify("public.json");
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains(words);
  }

  @Test
  void saysWhoSignedWhatIsAsItWas() throws IOException {
    String id = run("keys", "list", keys("signer")).split(" ", 2)[0];
    assertThat(verify("public.json").out())
        .contains("is as key " + id + " of public.json signed it");
    assertThat(Files.readString(folder.resolve("model.vw.sig")))
        .contains("key " + id, "  model.vw\n", "  model.vw.md\n", "  model.vw.json\n");
    assertThat(Files.readString(folder.resolve("public.json"))).doesNotContain("PRIVATE");
  }

  @Test
  void everyChangedByteOfTheModelAndItsCardIsFound() throws IOException {
    for (String name : List.of("model.vw", "model.vw.md", "model.vw.json")) {
      Path file = folder.resolve(name);
      byte[] bytes = Files.readAllBytes(file);
      byte[] changed = bytes.clone();
      changed[changed.length / 2] ^= 1;
      Files.write(file, changed);
      assertRefused(file + " was changed since key ", "its SHA-256 is ");
      Files.write(file, bytes);
    }
    verify("public.json").mustSucceed();
  }

  @Test
  void everyChangedByteOfTheSignatureIsFound() throws IOException {
    Path file = folder.resolve("model.vw.sig");
    byte[] bytes = Files.readAllBytes(file);
    for (int at = 0; at < bytes.length - 1; at++) {
      byte[] changed = bytes.clone();
      changed[at] ^= 1;
      Files.write(file, changed);
      assertThat(verify("public.json").status()).as("byte %d", at).isEqualTo(1);
    }
  }

  @Test
  void anotherKeyIsToldByItsId() throws IOException {
    run("keys", "create", keys("other"), "--signing");
    run("keys", "public", keys("other"), "--to", folder.resolve("others.json"));
    var refused = verify("others.json");
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains("is by key ", "is not among those of ");
  }

  @Test
  void aRotatedKeySignsAndTheOldSignatureHolds() {
    run("keys", "rotate", keys("signer"));
    run("keys", "public", keys("signer"), "--to", folder.resolve("both.json"));
    verify("both.json").mustSucceed();
    run("checkpoints", "export", folder.resolve("stored"), model, "--sign", keys("signer"));
    verify("both.json").mustSucceed();
    assertRefused("is by key ", "is not among those of ");
  }

  @Test
  void keysThatAreNotForSigningAreRefused() {
    run("keys", "create", keys("files"));
    var refused =
        CommandLineRun.of(
            "checkpoints", "export", folder.resolve("stored"), model, "--sign", keys("files"));
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains("are not for signing");
    var encrypting =
        CommandLineRun.of(
            "run",
            folder.resolve("job.yaml"),
            "--fresh",
            "--set",
            "encryption.keys=" + keys("signer"));
    assertThat(encrypting.status()).isEqualTo(1);
    assertThat(encrypting.err()).contains("are not for encrypting files");
  }
}
