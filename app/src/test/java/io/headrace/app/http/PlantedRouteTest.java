package io.headrace.app.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.app.access.Role;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A new endpoint is refused until it says who may use it. */
class PlantedRouteTest {
  @Test
  void aRouteThatNamesNobodyIsRefusedToEverybody(@TempDir Path folder) throws Exception {
    var job = new MovingJob();
    job.largestBody = PlantedRoute.LARGEST_BODY;
    try (var secured = new SecuredService(folder, job)) {
      assertThat(secured.service.routes())
          .contains("GET /api/v1/planted", "POST /api/v1/planted", "GET /api/v1/planted/permitted");
      for (String method : new String[] {"GET", "HEAD", "POST"}) {
        assertThat(secured.status(method, "/api/v1/planted")).as(method).isEqualTo(401);
      }
      for (Role role : Role.values()) {
        String[] bearer = SecuredService.bearer(secured.secret(role));
        for (String method : new String[] {"GET", "HEAD", "POST"}) {
          assertThat(secured.status(method, "/api/v1/planted", bearer))
              .as("%s as %s", method, role)
              .isEqualTo(403);
        }
      }
      assertThat(PlantedRoute.ANSWERED).hasValue(0);
      String[] viewer = SecuredService.bearer(secured.secret(Role.VIEWER));
      assertThat(secured.status("GET", "/api/v1/planted/permitted", viewer)).isEqualTo(200);
      assertThat(secured.status("GET", "/api/v1/planted/permitted")).isEqualTo(401);
    }
  }
}
