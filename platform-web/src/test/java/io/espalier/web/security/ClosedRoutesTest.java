package io.espalier.web.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.vaadin.flow.router.RouteData;
import com.vaadin.flow.server.VaadinServletContext;
import com.vaadin.flow.server.startup.ApplicationRouteRegistry;
import io.espalier.web.PlatformTest;
import io.espalier.web.Rest;
import jakarta.servlet.ServletContext;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Whatever is mapped, now or later, is closed unless it is named here. */
@PlatformTest
class ClosedRoutesTest {

  private static final Set<String> OPEN =
      new TreeSet<>(
          Set.of("POST /api/v1/setup", "POST /agent/v1/enrol", "GET /login", "GET /setup"));

  private static final List<String> METHODS =
      List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

  @LocalServerPort private int port;

  @Autowired private List<RequestMappingHandlerMapping> mappings;

  @Autowired private ServletContext servlets;

  private record Call(String method, String path) {}

  @Test
  void everyRouteAsksForACredential() {
    var open = new TreeSet<String>();
    var calls = new ArrayList<Call>(mapped());
    calls.addAll(pages());
    assertThat(calls).hasSizeGreaterThan(60);
    for (var call : calls) {
      var answer = Rest.anonymous(port).send(call.method(), call.path(), BodyPublishers.noBody());
      boolean closed =
          answer.status() == 401
              || answer.status() == 403
              || (answer.status() == 302 && answer.header("Location").endsWith("/login"));
      if (!closed) open.add(call.method() + " " + call.path());
    }
    assertThat(open).isSubsetOf(OPEN);
  }

  @Test
  void theCredentialOfOneDoorDoesNotOpenAnother() {
    var agent = Rest.anonymous(port).bearing("esp_abc_def");
    assertThat(agent.get("/agent/v1/desired").status()).isEqualTo(401);
    assertThat(agent.get("/api/v1/me").status()).isEqualTo(401);
    assertThat(agent.get("/jobs").status()).isEqualTo(302);
  }

  /** Every path with a sample for each variable; every method where a mapping takes all. */
  private List<Call> mapped() {
    var calls = new ArrayList<Call>();
    for (var mapping : mappings) {
      for (var info : mapping.getHandlerMethods().keySet()) {
        var methods = info.getMethodsCondition().getMethods();
        for (var pattern : info.getPatternValues()) {
          var path = pattern.replaceAll("\\{[^}]*}", "x").replace("/**", "/x").replace("*", "x");
          for (var method : METHODS) {
            if (methods.isEmpty() || methods.contains(RequestMethod.valueOf(method))) {
              calls.add(new Call(method, path.startsWith("/") ? path : "/" + path));
            }
          }
        }
      }
    }
    return calls;
  }

  private List<Call> pages() {
    var registry = ApplicationRouteRegistry.getInstance(new VaadinServletContext(servlets));
    return registry.getRegisteredRoutes().stream()
        .map(RouteData::getTemplate)
        .map(template -> new Call("GET", "/" + template.replaceAll(":[^/]*", "x")))
        .toList();
  }
}
