package io.headrace.app.http;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.exceptions.HttpStatusException;
import io.micronaut.web.router.RouteAttributes;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Tells which job a request is about. Thread-safe. */
@Singleton
final class RequestedJob {
  private final ServedJobs jobs;

  RequestedJob(ServedJobs jobs) {
    this.jobs = jobs;
  }

  /**
   * The job of that name, or the only one.
   *
   * @param name as the path of the request has it
   * @throws HttpStatusException if there is none of that name, or no name and several jobs
   */
  ServedJob of(Optional<String> name) {
    List<ServedJob> all = jobs.all();
    if (name.isEmpty() && all.size() == 1) {
      return all.getFirst();
    }
    return name.flatMap(jobs::named)
        .orElseThrow(() -> new HttpStatusException(HttpStatus.NOT_FOUND, which(all)));
  }

  /** The job that the path of a request names, or the only one; throws as the other does. */
  ServedJob of(HttpRequest<?> request) {
    return of(
        RouteAttributes.getRouteMatch(request)
            .map(route -> route.getVariableValues().get("job"))
            .map(Object::toString));
  }

  private static String which(List<ServedJob> all) {
    String names = all.stream().map(ServedJob::name).collect(Collectors.joining(", "));
    return "Which job? Ask at /api/v1/jobs/NAME/..., NAME one of: " + names + ".";
  }
}
