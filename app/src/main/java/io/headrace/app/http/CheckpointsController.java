package io.headrace.app.http;

import io.headrace.app.access.Role;
import io.headrace.app.report.CheckpointContents;
import io.headrace.engine.Checkpoint;
import io.headrace.engine.error.HeadraceException;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.exceptions.HttpStatusException;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A job's checkpoints: which there are, what one holds, whether it is whole, a new one, and the way
 * back to an old one.
 */
@Controller("/api/v1")
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

  private final RequestedJob jobs;

  /** Held while a checkpoint is in memory: callers cannot make it hold several. */
  private final Object oneAtATime = new Object();

  CheckpointsController(RequestedJob jobs) {
    this.jobs = jobs;
  }

  /** Oldest first. */
  @Get(uris = {"/checkpoints", "/jobs/{job}/checkpoints"})
  List<Stored> list(@PathVariable Optional<String> job) {
    CheckpointStore store = store(jobs.of(job));
    String best = store.best().orElse("");
    return store.list().stream().map(entry -> stored(entry, best)).toList();
  }

  /** What one holds. */
  @Get(
      uris = {"/checkpoints/{name}", "/jobs/{job}/checkpoints/{name}"},
      produces = MediaType.APPLICATION_JSON)
  @ApiResponse(
      responseCode = "200",
      description = "As headrace checkpoints show --json prints it.",
      content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(type = "object")))
  String show(@PathVariable Optional<String> job, String name) {
    ServedJob served = jobs.of(job);
    CheckpointStore store = storeWith(served, name);
    synchronized (oneAtATime) {
      try {
        return new CheckpointContents(store.read(name), base(store, name)).json();
      } catch (HeadraceException unreadable) {
        throw new HttpStatusException(HttpStatus.CONFLICT, withoutFolder(served, unreadable));
      }
    }
  }

  /** Whether every byte of one is as it was written. */
  @Get(uris = {"/checkpoints/{name}/verify", "/jobs/{job}/checkpoints/{name}/verify"})
  Verified verify(@PathVariable Optional<String> job, String name) {
    ServedJob served = jobs.of(job);
    CheckpointStore store = storeWith(served, name);
    synchronized (oneAtATime) {
      try {
        Checkpoint read = store.read(name);
        return new Verified(name, true, read.step(), "");
      } catch (HeadraceException unreadable) {
        return new Verified(name, false, null, withoutFolder(served, unreadable));
      }
    }
  }

  /** Writes one now, and answers once it is durable. */
  @Post(uris = {"/checkpoints", "/jobs/{job}/checkpoints"})
  @ApiResponse(
      responseCode = "201",
      description = "Written",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = Stored.class),
              examples =
                  @ExampleObject(
                      name = "a checkpoint",
                      value =
                          """
                          {"name": "checkpoint-000000001200.safetensors", "step": 1200, "created": "2026-05-01T09:12:44.120Z", "bytes": 2104320, "best": false}""")))
  @Secured(Role.OPERATE)
  HttpResponse<Stored> write(HttpRequest<?> request, @PathVariable Optional<String> job) {
    ServedJob served = jobs.of(job);
    CheckpointStore store = store(served);
    CheckpointStore.Entry written;
    try {
      written =
          served
              .control()
              .checkpoint()
              .orElseThrow(
                  () ->
                      new HttpStatusException(
                          HttpStatus.CONFLICT,
                          "The job has ended; its end wrote the last checkpoint."));
    } catch (HeadraceException failed) {
      throw new HttpStatusException(HttpStatus.SERVICE_UNAVAILABLE, withoutFolder(served, failed));
    }
    return HttpResponse.created(
        stored(written, store.best().orElse("")),
        URI.create(request.getPath() + "/" + written.name()));
  }

  /** Answers, with the status, once the job goes on from that checkpoint. */
  @Post(uris = {"/checkpoints/{name}/restore", "/jobs/{job}/checkpoints/{name}/restore"})
  @Secured(Role.OPERATE)
  JobStatus restore(@PathVariable Optional<String> job, String name) {
    ServedJob served = jobs.of(job);
    var _ = storeWith(served, name);
    try {
      served.control().restore(name);
      return served.status().status();
    } catch (HeadraceException fault) {
      boolean ended = served.status().status().job().state() == JobState.FAILED;
      throw new HttpStatusException(
          ended ? HttpStatus.SERVICE_UNAVAILABLE : HttpStatus.CONFLICT,
          withoutFolder(served, fault));
    }
  }

  private static Stored stored(CheckpointStore.Entry entry, String best) {
    return new Stored(
        entry.name(),
        entry.step(),
        Instant.ofEpochMilli(entry.createdAtMillis()),
        entry.bytes(),
        entry.name().equals(best));
  }

  private static CheckpointStore store(ServedJob served) {
    return DirectoryCheckpointStore.forReading(
        served
            .checkpoints()
            .orElseThrow(
                () ->
                    new HttpStatusException(
                        HttpStatus.CONFLICT,
                        "This job keeps no checkpoints. Give it checkpoints: {directory: ...}.")),
        served.seal());
  }

  private static Optional<String> base(CheckpointStore store, String name) {
    return store.list().stream()
        .filter(entry -> entry.name().equals(name))
        .findFirst()
        .flatMap(CheckpointStore.Entry::base);
  }

  /** Only names of the list lead to a file, so a name cannot lead out of the folder. */
  private static CheckpointStore storeWith(ServedJob served, String name) {
    CheckpointStore store = store(served);
    if (store.list().stream().noneMatch(entry -> entry.name().equals(name))) {
      throw new HttpStatusException(
          HttpStatus.NOT_FOUND,
          "There is no checkpoint of that name. The list of checkpoints has those that there are.");
    }
    return store;
  }

  private static String withoutFolder(ServedJob served, HeadraceException fault) {
    return Problem.withoutFolder(fault, served.checkpoints());
  }
}
