package io.headrace.sink.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.headrace.engine.error.HeadraceException;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.CheckpointStoreContract;
import io.headrace.sink.Checkpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryCheckpointStoreTest extends CheckpointStoreContract {
  @TempDir Path temp;

  private Path directory() {
    return temp.resolve("data/checkpoints");
  }

  @Override
  protected CheckpointStore open(int keep) {
    return DirectoryCheckpointStore.forWriting(directory(), keep);
  }

  @Override
  protected CheckpointStore openToRead() {
    return DirectoryCheckpointStore.forReading(directory());
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(directory())) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void namesFilesByStepAndLeavesNothingElse() throws IOException {
    open(2).write(Checkpoints.atStep(12345));
    assertThat(files()).containsExactly("checkpoint-000000012345.safetensors");
  }

  @Test
  void fallsBackToTheOneBeforeADamagedOne() throws IOException {
    CheckpointStore store = open(5);
    store.write(Checkpoints.atStep(1));
    store.write(Checkpoints.atStep(2));
    Path newest = directory().resolve(store.write(Checkpoints.atStep(3)).name());
    Files.write(newest, new byte[] {1, 2, 3});
    Checkpoints.assertEqual(store.newest().orElseThrow(), Checkpoints.atStep(2));
    assertThat(store.list()).hasSize(3);
    assertThatThrownBy(() -> store.read(newest.getFileName().toString()))
        .isInstanceOf(CheckpointDamagedException.class)
        .hasMessageContaining(newest.toString());
  }

  @Test
  void refusesToStartFromNothingWhereAllAreDamaged() throws IOException {
    CheckpointStore store = open(5);
    Path only = directory().resolve(store.write(Checkpoints.atStep(3)).name());
    Files.write(only, new byte[0]);
    assertThatThrownBy(store::newest)
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("None of the checkpoints")
        .hasMessageContaining(only.getFileName().toString());
  }

  @Test
  void removesWhatACrashLeftHalfWrittenAndNothingElse() throws IOException {
    open(5).write(Checkpoints.atStep(1));
    Files.writeString(directory().resolve("checkpoint-000000000002.safetensors.tmp"), "half");
    Files.writeString(directory().resolve("notes.txt"), "mine");
    openToRead().list();
    assertThat(files()).hasSize(3);
    open(5);
    assertThat(files()).containsExactly("checkpoint-000000000001.safetensors", "notes.txt");
  }

  @Test
  void goesOnWithoutAMarkOfTheBestThatIsDamaged() throws IOException {
    CheckpointStore store = open(2);
    store.markBest(store.write(Checkpoints.atStep(1)).name());
    Path mark = directory().resolve(DirectoryCheckpointStore.BEST);
    byte[] bytes = Files.readAllBytes(mark);
    for (int bit = 0; bit < 8 * bytes.length - 8; bit++) { // but for the line's end
      byte[] damaged = bytes.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(mark, damaged);
      assertThat(store.best()).as("bit %d", bit).isEmpty();
    }
    for (long step = 2; step <= 4; step++) {
      store.write(Checkpoints.atStep(step));
    }
    assertThat(store.list()).extracting(CheckpointStore.Entry::step).containsExactly(3L, 4L);
  }

  @Test
  void aDirectoryThatDoesNotExistHoldsNothingToRead() {
    assertThat(openToRead().list()).isEmpty();
    assertThat(openToRead().newest()).isEmpty();
    assertThat(directory()).doesNotExist();
  }

  @Test
  void leavesNoPartialFileWhereWritingFails() throws IOException {
    CheckpointStore store = open(5);
    Files.createDirectories(directory().resolve("checkpoint-000000000004.safetensors/inside"));
    assertThatThrownBy(() -> store.write(Checkpoints.atStep(4)))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("could not be written")
        .hasCauseInstanceOf(IOException.class);
    assertThat(files()).containsExactly("checkpoint-000000000004.safetensors");
  }

  @Test
  void saysWhenTheDirectoryIsGone() throws IOException {
    CheckpointStore store = open(5);
    Files.delete(directory());
    assertThatThrownBy(() -> store.write(Checkpoints.atStep(4)))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("does not exist");
  }

  @Test
  void saysWhenAFileIsInTheWay() throws IOException {
    Files.createDirectories(directory().getParent());
    Files.writeString(directory(), "a file");
    assertThatThrownBy(() -> open(5))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("checkpoints.directory: " + directory())
        .hasMessageContaining("is not a directory");
  }

  @Test
  void saysWhenTheDirectoryMayNotBeWritten() throws IOException {
    assumeFalse(System.getProperty("user.name").equals("root"), "root may write everywhere");
    Files.createDirectories(directory());
    Files.setPosixFilePermissions(directory(), PosixFilePermissions.fromString("r-xr-xr-x"));
    assertThatThrownBy(() -> open(5))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("no right to access");
  }
}
