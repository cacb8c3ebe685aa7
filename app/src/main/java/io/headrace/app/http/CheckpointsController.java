package io.headrace.app.http;

import io.headrace.app.access.Role;
import io.headrace.app.report.CheckpointContents;
import io.headrace.engine.Checkpoint;
import io.headrace.engine.error.HeadraceException;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.exceptions.HttpStatusException;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.serde.annotation.Serdeable;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The job's checkpoints: which there are, what one holds, whether it is whole, and a new one. */
@Controller("/api/v1/checkpoints")
@ExecuteOn(TaskExecutors.BLOCKING)
@Secured(Role.SEE)
final class CheckpointsController {
  /**
   * One line of the list.
   *
   * @param best whether validation liked this one best
   */
  @Serdeable
  record Stored(String name, long step, Instant created, long bytes, boolean best) {}

  /**
   * What a look at every byte of a checkpoint found.
   *
   * @param step null if it is damaged
   * @param detail what is wrong with it; empty if nothing is
   */
  @Serdeable
  record Verified(String name, boolean whole, @Nullable Long step, String detail) {}

  private final ServedJob job;

  /** Held while a checkpoint is in memory: callers cannot make it hold several. */
  private final Object oneAtATime = new Object();

  CheckpointsController(ServedJob job) {
    this.job = job;
  }

  /** Oldest first. */
  @Get
  List<Stored> list() {
    CheckpointStore store = store();
    String best = store.best().orElse("");
    return store.list().stream().map(entry -> stored(entry, best)).toList();
  }

  @Get(uri = "/{name}", produces = MediaType.APPLICATION_JSON)
  String show(String name) {
    CheckpointStore store = storeWith(name);
    synchronized (oneAtATime) {
      try {
        return new CheckpointContents(store.read(name), base(store, name)).json();
      } catch (HeadraceException unreadable) {
        throw new HttpStatusException(HttpStatus.CONFLICT, withoutFolder(unreadable));
      }
    }
  }

  @Get("/{name}/verify")
  Verified verify(String name) {
    CheckpointStore store = storeWith(name);
    synchronized (oneAtATime) {
      try {
        Checkpoint read = store.read(name);
        return new Verified(name, true, read.step(), "");
      } catch (HeadraceException unreadable) {
        return new Verified(name, false, null, withoutFolder(unreadable));
      }
    }
  }

  /** Answers once the checkpoint is durable. */
  @Post
  @Secured(Role.OPERATE)
  HttpResponse<Stored> write() {
    CheckpointStore store = store();
    CheckpointStore.Entry written;
    try {
      written =
          job.control()
              .checkpoint()
              .orElseThrow(
                  () ->
                      new HttpStatusException(
                          HttpStatus.CONFLICT,
                          "The job has ended; its end wrote the last checkpoint."));
    } catch (HeadraceException failed) {
      throw new HttpStatusException(HttpStatus.SERVICE_UNAVAILABLE, withoutFolder(failed));
    }
    return HttpResponse.created(
        stored(written, store.best().orElse("")),
        URI.create("/api/v1/checkpoints/" + written.name()));
  }

  private static Stored stored(CheckpointStore.Entry entry, String best) {
    return new Stored(
        entry.name(),
        entry.step(),
        Instant.ofEpochMilli(entry.createdAtMillis()),
        entry.bytes(),
        entry.name().equals(best));
  }

  private CheckpointStore store() {
    return DirectoryCheckpointStore.forReading(
        job.checkpoints()
            .orElseThrow(
                () ->
                    new HttpStatusException(
                        HttpStatus.CONFLICT,
                        "This job keeps no checkpoints. Give it checkpoints: {directory: ...}.")),
        job.seal());
  }

  private static Optional<String> base(CheckpointStore store, String name) {
    return store.list().stream()
        .filter(entry -> entry.name().equals(name))
        .findFirst()
        .flatMap(CheckpointStore.Entry::base);
  }

  /** Only names of the list lead to a file, so a name cannot lead out of the folder. */
  private CheckpointStore storeWith(String name) {
    CheckpointStore store = store();
    if (store.list().stream().noneMatch(entry -> entry.name().equals(name))) {
      throw new HttpStatusException(
          HttpStatus.NOT_FOUND,
          "There is no checkpoint of that name. GET /api/v1/checkpoints lists those that there are.");
    }
    return store;
  }

  private String withoutFolder(HeadraceException fault) {
    return Problem.withoutFolder(fault, job.checkpoints());
  }
}
