package io.headrace.app.http;

import io.headrace.app.access.Role;
import io.headrace.app.letters.LetterEdits;
import io.headrace.app.letters.LetterFilter;
import io.headrace.app.letters.LetterId;
import io.headrace.app.letters.LetterList;
import io.headrace.app.letters.LetterView;
import io.headrace.app.letters.Letters;
import io.headrace.app.letters.ReplayTarget;
import io.headrace.app.letters.Replayer;
import io.headrace.engine.error.HeadraceException;
import io.headrace.schemas.RejectedSample;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.annotation.RequestBean;
import io.micronaut.http.exceptions.HttpStatusException;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The job's dead letters: what they are, what one holds, and their way back, each at most once. */
@Controller("/api/v1")
@ExecuteOn(TaskExecutors.BLOCKING)
@Secured(Role.SEE)
final class DeadLettersController {
  private static final int MOST_ROWS = 1_000;

  /**
   * What came of a replay.
   *
   * @param target where the records went
   * @param replayed letters put back, or with a dry run those that would be
   * @param already letters that were put back before
   * @param settled earlier replays, cut off, of which it is known now what came of them
   * @param refused letters that cannot be put back, by the reason
   */
  @Serdeable
  record Replayed(
      String target,
      boolean dryRun,
      long replayed,
      long already,
      long settled,
      Map<String, List<String>> refused) {}

  private final RequestedJob jobs;

  /** Held while letters are read: callers cannot make it hold several times what one needs. */
  private final Object oneAtATime = new Object();

  DeadLettersController(RequestedJob jobs) {
    this.jobs = jobs;
  }

  /** Sums, and the newest rows, as {@code headrace dead-letters list --json} has them. */
  @Get(
      uris = {"/dead-letters", "/jobs/{job}/dead-letters"},
      produces = MediaType.APPLICATION_JSON)
  @ApiResponse(
      responseCode = "200",
      description = "As headrace dead-letters list --json prints it.",
      content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(type = "object")))
  String list(
      @PathVariable Optional<String> job,
      @RequestBean LetterQuery which,
      @QueryValue(defaultValue = "50") int limit) {
    if (limit < 1 || limit > MOST_ROWS) {
      throw bad("limit %d: is not 1 to %d.".formatted(limit, MOST_ROWS));
    }
    LetterFilter filter = which.filter();
    return reading(served(job), letters -> LetterList.of(letters, filter, limit).json());
  }

  /** One letter, as {@code headrace dead-letters show --json} has it. */
  @Get(
      uris = {"/dead-letters/show", "/jobs/{job}/dead-letters/show"},
      produces = MediaType.APPLICATION_JSON)
  @ApiResponse(
      responseCode = "200",
      description = "As headrace dead-letters show --json prints it.",
      content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(type = "object")))
  String show(@PathVariable Optional<String> job, @QueryValue String letter) {
    LetterId id = id(letter);
    return reading(
        served(job),
        letters -> {
          var found = new AtomicReference<@Nullable RejectedSample>();
          letters.forEach(LetterFilter.only(id), found::set);
          RejectedSample one = found.get();
          if (one == null) {
            throw new HttpStatusException(
                HttpStatus.NOT_FOUND,
                "There is no letter of that name. The list of dead letters has those that there are.");
          }
          return new LetterView(one, letters.log()).json();
        });
  }

  /**
   * Puts letters back to the topic that the job reads, as they are, or as the lines of the body
   * have them.
   *
   * @param edits none, or lines as {@code headrace dead-letters export} writes them; then only
   *     those letters go back
   */
  @Post(
      uris = {"/dead-letters/replay", "/jobs/{job}/dead-letters/replay"},
      consumes = MediaType.ALL)
  @Secured(Role.OPERATE)
  Replayed replay(
      @PathVariable Optional<String> job,
      @RequestBean LetterQuery which,
      @QueryValue(value = "dry-run", defaultValue = "false") boolean dryRun,
      @QueryValue(value = "most-replays", defaultValue = "3") int mostReplays,
      @Body @Nullable String edits) {
    LetterFilter filter = which.filter();
    Map<LetterId, byte[]> repaired = edits == null || edits.isBlank() ? null : parsed(edits);
    ServedLetters served = served(job);
    served
        .noWayBack()
        .ifPresent(
            why -> {
              throw new HttpStatusException(HttpStatus.CONFLICT, why);
            });
    return reading(
        served,
        letters -> {
          try (ReplayTarget target = served.source()) {
            var replayer =
                new Replayer(letters, filter, target, InstantSource.system(), mostReplays);
            Replayer.Outcome outcome =
                dryRun ? replayer.dryRun(repaired) : replayer.replay(repaired);
            return new Replayed(
                target.name(),
                dryRun,
                outcome.replayed(),
                outcome.already(),
                outcome.settled(),
                outcome.refused());
          }
        });
  }

  private <T> T reading(ServedLetters served, Function<Letters, T> answer) {
    synchronized (oneAtATime) {
      try {
        return answer.apply(new FewLetters(served.letters()));
      } catch (HeadraceException fault) {
        throw new HttpStatusException(
            HttpStatus.SERVICE_UNAVAILABLE, Problem.withoutFolder(fault, served.folder()));
      }
    }
  }

  private ServedLetters served(Optional<String> job) {
    return jobs.of(job)
        .deadLetters()
        .orElseThrow(
            () ->
                new HttpStatusException(
                    HttpStatus.CONFLICT,
                    "This job keeps no dead letters. Give it dead-letters: {file: ...} or {topic: ...}."));
  }

  private static Map<LetterId, byte[]> parsed(String edits) {
    try {
      return LetterEdits.parse("body", edits.lines().toList());
    } catch (HeadraceException e) {
      throw bad(String.valueOf(e.getMessage()));
    }
  }

  private static LetterId id(String letter) {
    try {
      return LetterId.parse(letter);
    } catch (IllegalArgumentException e) {
      throw bad(String.valueOf(e.getMessage()));
    }
  }

  private static HttpStatusException bad(String why) {
    return new HttpStatusException(HttpStatus.BAD_REQUEST, why);
  }
}
