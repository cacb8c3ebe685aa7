package io.headrace.app.http;

import io.headrace.app.access.Role;
import io.micronaut.context.annotation.Requires;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.security.annotation.Secured;
import io.swagger.v3.oas.annotations.Hidden;
import java.util.concurrent.atomic.AtomicInteger;

/** Routes whose author forgot to say who may use them, in the service of one test alone. */
@Hidden
@Controller("/api/v1/planted")
@Requires(property = "micronaut.server.max-request-size", value = "" + PlantedRoute.LARGEST_BODY)
class PlantedRoute {
  /** By which the service that has these routes is known. */
  static final int LARGEST_BODY = 1_234_567;

  static final AtomicInteger ANSWERED = new AtomicInteger();

  @Get
  String read() {
    return "read " + ANSWERED.incrementAndGet();
  }

  @Post
  String change() {
    return "changed " + ANSWERED.incrementAndGet();
  }

  @Get("/permitted")
  @Secured(Role.SEE)
  String permitted() {
    return "permitted";
  }
}
