package io.headrace.pipeline.job;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.seal.BlockSeal;
import io.headrace.ingest.push.PushSampleSource;
import io.headrace.sink.ObjectStoreSettings;
import io.headrace.sink.archive.ArchiveRewriting;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import io.headrace.sink.checkpoint.DirectoryLock;
import io.headrace.sink.file.FileDeadLetterSink;
import io.headrace.sink.journal.DirectoryBatchJournal;
import io.headrace.sink.seal.EncryptionSettings;
import io.headrace.sink.seal.FileSeal;
import io.headrace.sink.seal.KeyRing;
import io.headrace.sink.store.CopiesFolder;
import io.headrace.sink.store.S3Store;
import io.headrace.sink.store.StoreRewrap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Encrypts what a job keeps anew, with the primary key of its key set, while the job does not run.
 * One thread uses it.
 */
public final class JobRewrap {
  private final JobSpec job;
  private final boolean plainToo;
  private final boolean takeOver;
  private final FileSeal to;
  private final FileSeal from;
  private int rewritten;

  /**
   * @param plainToo whether files that are not encrypted are; otherwise they are left alone
   * @param takeOver whether an object store is written to even where the last run has not said that
   *     it ended
   * @throws HeadraceException if the job has no encryption, or its keys cannot be read
   */
  public JobRewrap(JobSpec job, boolean plainToo, boolean takeOver) {
    EncryptionSettings settings =
        job.encryption()
            .orElseThrow(
                () ->
                    new HeadraceException(
                        "The job %s has no encryption. Give it encryption: {keys: FILE} first."
                            .formatted(job.name())));
    KeyRing keys = KeyRing.open(settings);
    this.job = job;
    this.plainToo = plainToo;
    this.takeOver = takeOver;
    to = FileSeal.of(keys);
    from = FileSeal.ofEither(keys);
  }

  /**
   * Rewrites every file that needs it. Killed in between, it can be run again.
   *
   * @return how many were written anew
   * @throws HeadraceException if the job runs, or a file is damaged or its key is not at hand; what
   *     came before is done
   */
  public int run() {
    BlockSeal before = from.blocks(Optional.of(job.name()));
    BlockSeal after = to.blocks(Optional.of(job.name()));
    try {
      if (job.checkpoints().directory().isPresent()) {
        checkpointsAndJournal(job.checkpoints().directory().get(), before, after);
      }
      if (job.checkpoints().store().isPresent()) {
        stored(job.checkpoints().store().get());
      }
      Optional<Path> letters = job.deadLetters().file().filter(Files::exists);
      if (letters.isPresent() && wanted(letters.get())) {
        FileDeadLetterSink.rewrite(letters.get(), before, after);
        rewritten++;
      }
      if (job.archive().isPresent()) {
        rewritten +=
            ArchiveRewriting.rewrite(
                job.archive().get().directory(), job.name(), this::wanted, from, to);
      }
      if (job.source().name().equals("http")
          && JobSources.kept(job, job.source()) instanceof PushSampleSource pushed) {
        rewritten += pushed.rewrite(this::wanted, before, after);
      }
    } catch (IOException e) {
      throw new HeadraceException(
          "What the job %s keeps could not all be encrypted anew: %s. %d files are; the others are as they were. Make room, and run it again."
              .formatted(job.name(), e.getMessage(), rewritten),
          e);
    }
    return rewritten;
  }

  private void checkpointsAndJournal(Path directory, BlockSeal before, BlockSeal after)
      throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (var lock = DirectoryLock.hold(directory)) {
      assert lock != null;
      for (var entry : DirectoryCheckpointStore.forReading(directory).list()) {
        Path file = directory.resolve(entry.name());
        if (wanted(file)) {
          DirectoryCheckpointStore.rewrite(file, from, to);
          rewritten++;
        }
      }
      for (Path file : DirectoryBatchJournal.files(directory)) {
        if (wanted(file)) {
          DirectoryBatchJournal.rewrite(file, before, after);
          rewritten++;
        }
      }
    }
  }

  private void stored(ObjectStoreSettings settings) throws IOException {
    Path directory = job.checkpoints().directory().orElseThrow();
    try (var lock = DirectoryLock.hold(directory);
        var copies = CopiesFolder.at(directory.resolve(".rewrap"));
        var store = S3Store.open(settings)) {
      assert lock != null;
      rewritten += new StoreRewrap(store, copies.path(), from, to, this::wanted).run(takeOver);
    }
  }

  private boolean wanted(Path file) {
    try {
      return !to.isCurrent(file) && (plainToo || FileSeal.label(file).isPresent());
    } catch (IOException e) {
      throw new HeadraceException(
          "%s could not be read: %s. Check the disk and the file's rights.".formatted(file, e), e);
    }
  }
}
