package io.headrace.app.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.app.access.Role;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.condition.Condition;
import io.micronaut.context.condition.ConditionContext;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A new route whose author forgot to say who may: nobody may. */
class PlantedRouteTest {
  private static volatile boolean planting;

  /** Only this test has the route. */
  static final class WhilePlanting implements Condition {
    @Override
    @SuppressWarnings("rawtypes")
    public boolean matches(ConditionContext context) {
      return planting;
    }
  }

  @Requires(condition = WhilePlanting.class)
  @Controller("/api/v1/planted")
  static final class Planted {
    @Get
    String reveal() {
      return "secret";
    }

    @Post("/{name}")
    String change(String name) {
      return "changed " + name;
    }
  }

  @Test
  void isOpenToNobody(@TempDir Path folder) throws Exception {
    planting = true;
    try (var secured = new SecuredService(folder, new MovingJob())) {
      assertThat(secured.service.routes())
          .contains("GET /api/v1/planted", "POST /api/v1/planted/{name}");
      for (String route : List.of("GET /api/v1/planted", "POST /api/v1/planted/x")) {
        String[] parts = route.split(" ", 2);
        assertThat(secured.status(parts[0], parts[1])).as(route).isEqualTo(401);
        for (Role role : Role.values()) {
          assertThat(
                  secured.status(parts[0], parts[1], SecuredService.bearer(secured.secret(role))))
              .as(route + " " + role)
              .isEqualTo(403);
        }
      }
    } finally {
      planting = false;
    }
  }
}
