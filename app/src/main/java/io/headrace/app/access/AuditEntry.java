package io.headrace.app.access;

import java.time.Instant;

/**
 * One call that changed something, or was to.
 *
 * @param who name of the token or subject; {@code anonymous} if nobody is known
 * @param token id of the API token; empty if it was none
 * @param from address that it came from
 * @param outcome {@code done}, {@code refused} or {@code failed}
 */
public record AuditEntry(
    Instant time,
    String who,
    String token,
    String method,
    String path,
    String from,
    int status,
    String outcome) {}
