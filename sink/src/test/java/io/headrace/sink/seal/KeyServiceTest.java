package io.headrace.sink.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.HeadraceException;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.Checkpoints;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import io.headrace.sink.seal.PlantedKeyService.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyServiceTest {
  private static final String KEY = PlantedKeyService.SCHEME + "ours";

  @TempDir private Path folder;

  @AfterEach
  void heal() {
    PlantedKeyService.plant(Fault.NONE);
  }

  private EncryptionSettings keys(String kms) {
    return new EncryptionSettings(
        folder.resolve("keys.json").toString(), Optional.of(kms), Optional.empty());
  }

  @Test
  void aKeySetIsKeptEncryptedAndOpensWithItsKeyAlone() throws IOException {
    long first = new KeySetFile(keys(KEY)).create();
    long second = new KeySetFile(keys(KEY)).rotate();
    assertThat(new KeySetFile(keys(KEY)).list())
        .extracting(KeySetFile.ListedKey::id)
        .containsExactly(first, second);
    assertThat(Files.readString(folder.resolve("keys.json")))
        .contains("encryptedKeyset")
        .doesNotContain("\"keyData\"");
    FileSeal seal = FileSeal.of(KeyRing.open(keys(KEY)));
    CheckpointStore store =
        DirectoryCheckpointStore.forWriting(folder.resolve("kept"), 1, true, seal);
    String name = store.write(Checkpoints.atStep(5)).name();
    FileSeal again = FileSeal.of(KeyRing.open(keys(KEY)));
    Checkpoints.assertEqual(
        DirectoryCheckpointStore.open(folder.resolve("kept").resolve(name), again),
        Checkpoints.atStep(5));

    assertThatThrownBy(() -> KeyRing.open(keys(PlantedKeyService.SCHEME + "theirs")))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("planted-kms://theirs does not decrypt the key set")
        .hasMessageContaining("encryption.kms");
    assertThatThrownBy(
            () ->
                KeyRing.open(
                    new EncryptionSettings(keys(KEY).keys(), Optional.empty(), Optional.empty())))
        .hasMessageContaining("needs its kms as well");
    Files.writeString(folder.resolve("keys.json"), "{}");
    assertThatThrownBy(() -> KeyRing.open(keys(KEY)))
        .hasMessageContaining("is none that the key planted-kms://ours has encrypted");
  }

  @Test
  void aServiceThatIsDownIsToldFromOneThatRefuses() {
    new KeySetFile(keys(KEY)).create();
    PlantedKeyService.plant(Fault.DOWN);
    assertThatThrownBy(() -> KeyRing.open(keys(KEY)))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("of planted-kms://ours cannot be reached: Connection refused")
        .hasMessageContaining("Try again");
    assertThat(PlantedKeyService.met()).isEqualTo(1);
    PlantedKeyService.plant(Fault.NONE);
    assertThat(new KeySetFile(keys(KEY)).list()).hasSize(1);
  }

  /** What the file holds stays as it was, and no other one is left beside it. */
  @Test
  void aServiceThatGoesDownChangesNoKeySet() throws IOException {
    Path file = folder.resolve("keys.json");
    PlantedKeyService.plant(Fault.DOWN);
    assertThatThrownBy(() -> new KeySetFile(keys(KEY)).create())
        .hasMessageContaining("cannot be reached");
    assertThat(file).doesNotExist();
    PlantedKeyService.plant(Fault.NONE);
    new KeySetFile(keys(KEY)).create();
    String before = Files.readString(file);
    PlantedKeyService.plant(Fault.DOWN);
    assertThatThrownBy(() -> new KeySetFile(keys(KEY)).rotate())
        .hasMessageContaining("cannot be reached");
    assertThat(file).hasContent(before);
    assertThat(PlantedKeyService.met()).isEqualTo(1);
  }

  @Test
  void aServiceThatIsSilentIsNotWaitedForForEver() {
    var key = KeyService.aead(KEY, Optional.empty(), Duration.ofMillis(50));
    PlantedKeyService.plant(Fault.SILENT);
    assertThatThrownBy(() -> key.decrypt(new byte[100], new byte[0]))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("of planted-kms://ours gave no answer within 50 ms")
        .hasMessageContaining("check the network");
    assertThat(PlantedKeyService.met()).isEqualTo(1);
  }

  @Test
  void credentialsAreHandedOnAndTheirRefusalIsTold() throws IOException {
    Path credentials = folder.resolve("credentials");
    var settings =
        new EncryptionSettings(keys(KEY).keys(), Optional.of(KEY), Optional.of(credentials));
    Files.writeString(credentials, "open sesame");
    new KeySetFile(settings).create();
    assertThat(KeyRing.open(settings)).isNotNull();
    Files.writeString(credentials, "open barley");
    assertThatThrownBy(() -> KeyRing.open(settings))
        .hasMessageContaining("access denied to who has these credentials")
        .hasMessageContaining("credentials that may use it");
  }

  @Test
  void aServiceThatNobodyKnowsIsToldWithWhatToAdd() {
    var unknown = keys("aws-kms://arn:aws:kms:somewhere");
    assertThatThrownBy(() -> new KeySetFile(unknown).create())
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("HEADRACE_CLASS_PATH");
  }
}
