package io.headrace.app.http;

import io.headrace.app.access.ApiToken;
import io.headrace.app.access.Role;
import io.headrace.app.access.TokenFile;
import io.headrace.pipeline.job.AccessSettings;
import io.headrace.pipeline.job.AccessSettings.Jwt;
import io.headrace.pipeline.job.AccessSettings.Tls;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** A service that asks who callers are, with the files that it needs, for tests. */
final class SecuredService implements AutoCloseable {
  final MovingJob job;
  final AdjustableClock clock = new AdjustableClock();
  final TokenFile tokens;
  final Path audit;
  final HttpService service;
  private final HttpClient client = HttpClient.newHttpClient();

  SecuredService(Path folder, MovingJob job, Optional<Jwt> jwt, Optional<Tls> tls) {
    this.job = job;
    Path file = folder.resolve("tokens.json");
    tokens = new TokenFile(file);
    audit = folder.resolve("audit.jsonl");
    token("first", Role.ADMIN, Duration.ofDays(1));
    var access = new AccessSettings(Optional.of(file), jwt, tls, Optional.of(audit));
    service =
        HttpService.start(
            new Exposure(Exposure.LOCAL, 0, Optional.of(access), false),
            ServedJobs.only(job.served()),
            Duration.ofMillis(50),
            clock);
  }

  SecuredService(Path folder, MovingJob job) {
    this(folder, job, Optional.empty(), Optional.empty());
  }

  ApiToken.Made token(String name, Role role, Duration life) {
    return tokens.create(name, role, clock.instant(), clock.instant().plus(life));
  }

  String secret(Role role) {
    return token(role.code(), role, Duration.ofDays(1)).secret();
  }

  /** The status alone, for a body may go on for ever. */
  int status(String method, String path, String... headers)
      throws IOException, InterruptedException {
    HttpResponse<InputStream> answer =
        client.send(request(method, path, headers), BodyHandlers.ofInputStream());
    answer.body().close();
    return answer.statusCode();
  }

  HttpResponse<String> send(String method, String path, String... headers)
      throws IOException, InterruptedException {
    return client.send(request(method, path, headers), BodyHandlers.ofString());
  }

  static String[] bearer(String secret) {
    return new String[] {"Authorization", "Bearer " + secret};
  }

  private HttpRequest request(String method, String path, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(service.uri().resolve(path))
            .timeout(Duration.ofSeconds(20))
            .method(method, BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return request.build();
  }

  @Override
  public void close() {
    client.close();
    service.close();
  }
}
