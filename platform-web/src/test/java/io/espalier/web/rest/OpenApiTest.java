package io.espalier.web.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.web.Admin;
import io.espalier.web.PlatformTest;
import io.espalier.web.Rest;
import java.util.Locale;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;

@PlatformTest
class OpenApiTest {

  @LocalServerPort private int port;
  @Autowired private ApplicationContext platform;

  @Autowired
  @Qualifier("requestMappingHandlerMapping")
  private RequestMappingHandlerMapping mappings;

  private JsonNode document;

  @BeforeEach
  void read() {
    var rest = Rest.anonymous(port).bearing(Admin.token(platform));
    document = rest.get("/api/v1/openapi.json").json();
  }

  @Test
  void isOpenApi31() {
    assertThat(document.get("openapi").asString()).startsWith("3.1");
  }

  @Test
  void everyRouteIsInItAndNothingElse() {
    var offered = new TreeSet<String>();
    mappings
        .getHandlerMethods()
        .forEach((route, method) -> {
          if (!method.getBeanType().getPackageName().equals("io.espalier.web.rest")) return;
          for (var path : route.getPatternValues()) {
            for (var verb : route.getMethodsCondition().getMethods()) {
              offered.add(verb + " " + path.replace("{*", "{"));
            }
          }
        });
    var documented = new TreeSet<String>();
    document
        .get("paths")
        .forEachEntry((path, item) ->
            item.forEachEntry(
                (verb, _) -> documented.add(verb.toUpperCase(Locale.ROOT) + " " + path)));

    assertThat(offered).hasSizeGreaterThan(30);
    assertThat(documented).isEqualTo(offered);
  }

  @Test
  void everyOperationHasASummaryACredentialAndTheFormOfItsRefusals() {
    document
        .get("paths")
        .forEachEntry((path, item) ->
            item.forEachEntry((verb, operation) -> {
              var name = verb + " " + path;
              assertThat(operation.path("summary").asString("")).as(name).isNotBlank();
              assertThat(operation.path("security").isEmpty())
                  .as(name)
                  .isEqualTo(path.equals("/api/v1/setup"));
              assertThat(
                      operation
                          .at("/responses/default/content/application~1problem+json/schema/$ref")
                          .asString())
                  .as(name)
                  .isEqualTo("#/components/schemas/Problem");
            }));
  }

  @Test
  void everyReferenceLeadsSomewhere() {
    var references = document.findValuesAsString("$ref");

    assertThat(references).isNotEmpty();
    for (var reference : references) {
      assertThat(document.at(reference.substring(1)).isMissingNode()).as(reference).isFalse();
    }
  }
}
