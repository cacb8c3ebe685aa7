package io.headrace.app.http;

import io.headrace.app.access.Role;
import io.headrace.pipeline.job.AccessSettings;
import io.headrace.pipeline.job.AccessSettings.Jwt;
import io.micronaut.context.annotation.Replaces;
import io.micronaut.security.token.DefaultRolesFinder;
import io.micronaut.security.token.RolesFinder;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the claims of a signed token permit, as the job maps them. Values unknown permit nothing.
 */
@Singleton
@Replaces(DefaultRolesFinder.class)
final class ClaimedRoles implements RolesFinder {
  private final Optional<Jwt> jwt;

  ClaimedRoles(Gatekeeper gatekeeper) {
    this.jwt = gatekeeper.exposure().access().flatMap(AccessSettings::jwt);
  }

  @Override
  public List<String> resolveRoles(Map<String, Object> claims) {
    return jwt.map(issuer -> permissions(issuer, claims)).orElse(List.of());
  }

  private static List<String> permissions(Jwt issuer, Map<String, Object> claims) {
    return values(claims.get(issuer.roleClaim()))
        .map(value -> issuer.roles().isEmpty() ? value : issuer.roles().getOrDefault(value, ""))
        .flatMap(role -> Role.of(role).stream())
        .flatMap(role -> role.permissions().stream())
        .distinct()
        .toList();
  }

  private static Stream<String> values(@Nullable Object claim) {
    return switch (claim) {
      case null -> Stream.empty();
      case Collection<?> several -> several.stream().map(String::valueOf);
      default -> Stream.of(claim.toString());
    };
  }
}
