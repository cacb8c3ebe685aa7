package io.headrace.app.http;

import io.headrace.app.access.Role;
import io.headrace.pipeline.job.AccessSettings;
import io.headrace.pipeline.job.AccessSettings.Jwt;
import io.headrace.pipeline.job.AccessSettings.Tls;
import io.micronaut.security.rules.SecurityRule;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the framework is told. There is no other place it reads settings from. */
final class HttpSettings {
  /** As the WebJar's version in the root pom.xml. */
  private static final String UPLOT = "1.6.30";

  /** Where no job says how large a body may be. */
  private static final int USUAL_BODY = 8 << 20;

  private static final String CERTIFICATE = "service";

  /** Whether signed tokens are taken. */
  static final String JWT_ENABLED = "micronaut.security.token.jwt.enabled";

  private HttpSettings() {}

  static Map<String, Object> of(Exposure exposure, ServedJobs jobs) {
    var settings = new HashMap<String, Object>();
    settings.put("micronaut.application.name", "headrace");
    settings.put("micronaut.server.host", exposure.host());
    int port = exposure.port() == 0 ? -1 : exposure.port();
    settings.put("micronaut.server.port", port);
    exposure.tls().ifPresent(tls -> putTls(settings, port, tls));
    putSecurity(settings, exposure);
    settings.put("micronaut.server.max-request-size", largestBody(jobs));
    // One thread serves a handful of pages and scrapes; the cores belong to training. It being one
    // is also why a tick never meets a page that is just leaving: see StatusFeed.
    settings.put("micronaut.netty.event-loops.default.num-threads", 1);
    settings.put("micronaut.serde.serialization.inclusion", "ALWAYS");
    settings.put("micronaut.codec.json.additional-types", List.of(ProblemResponses.MEDIA_TYPE));

    settings.put("micronaut.router.static-resources.page.paths", "classpath:page");
    settings.put("micronaut.router.static-resources.page.mapping", "/**");
    settings.put(
        "micronaut.router.static-resources.uplot.paths",
        "classpath:META-INF/resources/webjars/uplot/" + UPLOT + "/dist");
    settings.put("micronaut.router.static-resources.uplot.mapping", "/uplot/**");

    // Only these two of the management endpoints; the rest could change or reveal the process.
    settings.put("endpoints.all.enabled", false);
    settings.put("endpoints.health.enabled", true);
    settings.put("endpoints.health.sensitive", false);
    // Probes have no token, and need no more than up or down.
    settings.put(
        "endpoints.health.details-visible",
        exposure.authenticates() ? "AUTHENTICATED" : "ANONYMOUS");
    settings.put("endpoints.health.disk-space.enabled", false);
    settings.put("endpoints.prometheus.enabled", true);
    settings.put("endpoints.prometheus.sensitive", false);

    settings.put("micronaut.metrics.enabled", true);
    settings.put("micronaut.metrics.export.prometheus.enabled", true);
    settings.put("micronaut.metrics.export.prometheus.step", "PT1M");
    // ProcessMetrics has what is wanted of these.
    for (String binder :
        List.of("jvm", "processor", "uptime", "files", "logback", "executor", "web", "netty")) {
      settings.put("micronaut.metrics.binders." + binder + ".enabled", false);
    }
    return settings;
  }

  /** Bytes of the largest body that is received, whatever it is for. */
  static int largestBody(ServedJobs jobs) {
    int asked = jobs.maxRequestBytes();
    return asked > 0 ? asked : USUAL_BODY;
  }

  private static void putTls(Map<String, Object> settings, int port, Tls tls) {
    settings.put("micronaut.server.ssl.enabled", true);
    settings.put("micronaut.server.ssl.port", port);
    settings.put("micronaut.server.ssl.key-name", CERTIFICATE);
    settings.put("micronaut.server.ssl.protocols", List.of("TLSv1.3", "TLSv1.2"));
    String file = "micronaut.certificate.file." + CERTIFICATE;
    settings.put(file + ".format", "PEM");
    settings.put(file + ".path", tls.key().toAbsolutePath().toString());
    settings.put(file + ".certificate-path", tls.certificate().toAbsolutePath().toString());
    settings.put(file + ".refresh-mode", "FILE_WATCHER_OR_SCHEDULER");
    settings.put(file + ".refresh-interval", "PT2S");
  }

  /** Everything that is not allowed is refused; see decision 26. */
  private static void putSecurity(Map<String, Object> settings, Exposure exposure) {
    settings.put("micronaut.security.enabled", exposure.authenticates());
    settings.put("micronaut.security.basic-auth.enabled", false);
    settings.put("micronaut.security.redirect.enabled", false);
    for (String endpoint : List.of("login", "logout", "oauth", "keys", "introspection")) {
      settings.put("micronaut.security.endpoints." + endpoint + ".enabled", false);
    }
    settings.put(
        "micronaut.security.intercept-url-map",
        List.of(
            Map.of("pattern", "/prometheus", "access", List.of(Role.SEE)),
            Map.of(
                "pattern",
                "/health/**",
                "http-method",
                "GET",
                "access",
                List.of(SecurityRule.IS_ANONYMOUS))));
    Optional<Jwt> jwt = exposure.access().flatMap(AccessSettings::jwt);
    settings.put(JWT_ENABLED, jwt.isPresent());
    jwt.ifPresent(
        issuer -> {
          String claims = "micronaut.security.token.jwt.claims-validators.";
          settings.put(claims + "issuer", issuer.issuer());
          settings.put(claims + "audience", issuer.audience());
          settings.put(claims + "not-before", true);
        });
  }
}
