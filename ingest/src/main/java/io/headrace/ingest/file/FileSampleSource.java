package io.headrace.ingest.file;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.Positions;
import io.headrace.ingest.ChunkPool;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.SampleSource;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * Records of one or several files, in the order of their names; it completes when all were read.
 * Each file is a source partition of its own and a position in it is a record's number, from 0.
 * What is damaged becomes a fault in a chunk, and reading goes on behind it.
 *
 * <p>Thread-safe; each subscription reads for itself, on the thread that requests, which waits for
 * the disk. Chunks belong to their receiver until released.
 */
public final class FileSampleSource implements SampleSource {
  /** The path that means what is piped into this process. */
  public static final String STANDARD_INPUT = "-";

  private final Path baseDirectory;
  private final String path;
  private final FileFormat format;
  private final FileLimits limits;
  private final ChunkPool pool = new ChunkPool();
  private volatile FileNaming naming = FileNaming.PLAIN;
  private final AtomicBoolean inputTaken = new AtomicBoolean();

  /**
   * @param baseDirectory where a relative path starts
   * @param path a file, a folder, a glob such as {@code data/*.avro}, or {@link #STANDARD_INPUT};
   *     names with a dot or an underscore in front are left out of folders and globs
   */
  public FileSampleSource(Path baseDirectory, String path, FileFormat format, FileLimits limits) {
    this.baseDirectory = baseDirectory;
    this.path = path;
    this.format = format;
    this.limits = limits;
  }

  /** Says what files are called; before the first subscription. */
  public void nameBy(FileNaming names) {
    naming = names;
  }

  /**
   * Looks for the files, which reading does as well.
   *
   * @throws io.headrace.engine.error.HeadraceException if there is none
   */
  public void requireFiles() {
    SourceFiles.found(baseDirectory, path, format);
  }

  /**
   * Records from {@code from} on. The stream fails with a {@link
   * io.headrace.engine.error.HeadraceException} if there is no such file, if one cannot be read, or
   * if one has fewer records than {@code from} says.
   */
  @Override
  public Flux<RecordChunk> chunks(Positions from) {
    if (!path.equals(STANDARD_INPUT)) {
      return walk(from);
    }
    // Reading may wait for as long as nobody writes: on a thread of its own.
    return Flux.defer(this::takeInput)
        .thenMany(walk(from))
        .subscribeOn(Schedulers.newSingle("headrace-input", true));
  }

  private Flux<RecordChunk> takeInput() {
    return inputTaken.getAndSet(true)
        ? Flux.error(
            new HeadraceException(
                "standard input can be read only once. Remove epochs, or name a file as path"))
        : Flux.empty();
  }

  private Flux<RecordChunk> walk(Positions from) {
    return Flux.generate(
        () -> new FileWalk(named(), format, limits, from, pool),
        (walk, sink) -> {
          RecordChunk chunk = walk.next();
          if (chunk == null) {
            sink.complete();
          } else {
            sink.next(chunk);
          }
          return walk;
        },
        FileWalk::close);
  }

  private List<SourceFile> named() {
    List<SourceFile> files =
        SourceFiles.found(baseDirectory, path, format).stream()
            .map(file -> naming.equals(FileNaming.PLAIN) ? file : file.called(naming, path))
            .toList();
    if (files.stream().map(SourceFile::name).distinct().count() < files.size()) {
      throw new HeadraceException(
          "masking leaves files of %s with the same name, by which positions are kept. Give them a pseudonym: fields: [file]"
              .formatted(path));
    }
    return files;
  }

  /** Chunks that were emitted and not yet released. */
  public int chunksOutstanding() {
    return pool.outstanding();
  }
}
