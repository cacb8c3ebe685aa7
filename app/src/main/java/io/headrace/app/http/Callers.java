package io.headrace.app.http;

import io.micronaut.http.HttpRequest;
import io.micronaut.security.authentication.Authentication;
import java.net.InetSocketAddress;
import java.util.Optional;

/** What a request tells of who sent it. Stateless. */
final class Callers {
  private Callers() {}

  /** The address of the other end; headers are not asked, for anybody can write them. */
  static String address(HttpRequest<?> request) {
    InetSocketAddress remote = request.getRemoteAddress();
    return remote.getAddress() == null
        ? remote.getHostString()
        : remote.getAddress().getHostAddress();
  }

  /** Who it is, if the security filter has found out. */
  static Optional<Authentication> known(HttpRequest<?> request) {
    return request
        .getUserPrincipal()
        .filter(Authentication.class::isInstance)
        .map(Authentication.class::cast);
  }
}
