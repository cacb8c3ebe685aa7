package io.headrace.app.http;

import io.headrace.app.access.Role;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.authentication.Authentication;
import io.micronaut.security.rules.SecurityRule;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.util.Collection;
import java.util.List;

/** Says who the caller is, and lets a page sign in with a token once and out again. */
@Controller("/api/v1/session")
@Secured(SecurityRule.IS_ANONYMOUS)
final class SessionController {
  /**
   * Who the caller is taken for.
   *
   * @param open whether nobody is asked
   * @param name empty if nobody is known
   * @param may some of see, push and operate
   */
  @Serdeable
  record Caller(boolean open, String name, Collection<String> may) {}

  private static final Caller OPEN = new Caller(true, "", Role.ADMIN.permissions());
  private static final Caller STRANGER = new Caller(false, "", List.of());

  private final Gatekeeper gatekeeper;
  private final Sessions sessions;

  SessionController(Gatekeeper gatekeeper, Sessions sessions) {
    this.gatekeeper = gatekeeper;
    this.sessions = sessions;
  }

  /** Who the caller is taken for, and what that permits. */
  @Get
  Caller show(HttpRequest<?> request) {
    return Callers.known(request)
        .map(SessionController::known)
        .orElse(gatekeeper.exposure().authenticates() ? STRANGER : OPEN);
  }

  /** Begins a session for who is known by the token of this request. */
  @Post
  @Secured(SecurityRule.IS_AUTHENTICATED)
  HttpResponse<Caller> signIn(HttpRequest<?> request) {
    return Callers.known(request)
        .<HttpResponse<Caller>>map(
            caller -> HttpResponse.ok(known(caller)).cookie(sessions.begin(caller)))
        .orElseGet(() -> HttpResponse.ok(OPEN));
  }

  /** Ends the session of this page. */
  @Delete
  @ApiResponse(responseCode = "204", description = "Ended, or there was none")
  HttpResponse<?> signOut(HttpRequest<?> request) {
    return HttpResponse.noContent().cookie(sessions.end(request));
  }

  private static Caller known(Authentication caller) {
    return new Caller(false, caller.getName(), caller.getRoles());
  }
}
