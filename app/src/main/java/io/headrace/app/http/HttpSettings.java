package io.headrace.app.http;

import io.headrace.ingest.push.PushIntake;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the framework is told. There is no other place it reads settings from. */
final class HttpSettings {
  /** As the WebJar's version in the root pom.xml. */
  private static final String UPLOT = "1.6.30";

  private HttpSettings() {}

  static Map<String, Object> of(String host, int port, ServedJob job) {
    var settings = new HashMap<String, Object>();
    settings.put("micronaut.application.name", "headrace");
    settings.put("micronaut.server.host", host);
    settings.put("micronaut.server.port", port == 0 ? -1 : port);
    int largest =
        Math.max(
            job.intake().map(PushIntake::maxRequestBytes).orElse(0),
            job.predictions().map(served -> served.model().maxRequestBytes()).orElse(0));
    if (largest > 0) {
      settings.put("micronaut.server.max-request-size", largest);
    }
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
    settings.put("endpoints.health.details-visible", "ANONYMOUS");
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
}
