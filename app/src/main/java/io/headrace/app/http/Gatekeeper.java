package io.headrace.app.http;

import io.headrace.app.access.AuditLog;
import io.headrace.app.access.FailureLimit;
import io.headrace.app.access.KnownTokens;
import io.headrace.app.access.TokenFile;
import io.headrace.pipeline.job.AccessSettings;
import io.micronaut.security.authentication.Authentication;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Date;
import java.util.Optional;

/**
 * What a service's gates ask: tokens, failures so far, and the log of what was done. Thread-safe;
 * whoever opens it closes it.
 *
 * @param audit empty where no file was named, callers are not asked who they are, and there is no
 *     directory of results
 */
record Gatekeeper(
    Exposure exposure,
    Optional<KnownTokens> tokens,
    Optional<AuditLog> audit,
    FailureLimit failures,
    InstantSource clock)
    implements AutoCloseable {
  private static final String AUDIT = "audit.jsonl";

  /**
   * @param results directory of the job's results, for an audit log that has no place of its own
   * @throws io.headrace.engine.error.HeadraceException if one of the files is of no use
   */
  static Gatekeeper open(Exposure exposure, Optional<Path> results, InstantSource clock) {
    Optional<KnownTokens> tokens =
        exposure
            .access()
            .flatMap(AccessSettings::tokens)
            .map(file -> new KnownTokens(new TokenFile(file), clock));
    Path usual = results.orElse(Path.of("")).resolve(AUDIT);
    Optional<Path> audit =
        exposure
            .access()
            .flatMap(AccessSettings::audit)
            .or(
                () ->
                    Optional.of(usual)
                        .filter(_ -> exposure.authenticates() || results.isPresent()));
    return new Gatekeeper(
        exposure, tokens, audit.map(AuditLog::open), new FailureLimit(clock), clock);
  }

  /** Whether what a caller was let in by is still worth something. */
  boolean holds(Authentication caller) {
    Object id = caller.getAttributes().get(TokenSignIn.ID);
    if (id != null) {
      return tokens.map(known -> known.holds(id.toString())).orElse(false);
    }
    return !(caller.getAttributes().get("exp") instanceof Date expires)
        || clock.instant().isBefore(expires.toInstant());
  }

  @Override
  public void close() {
    audit.ifPresent(AuditLog::close);
  }
}
