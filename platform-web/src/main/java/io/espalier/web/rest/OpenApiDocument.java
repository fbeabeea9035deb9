package io.espalier.web.rest;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.util.List;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What {@code /api/v1/openapi.json} says beside the routes, which come from the controllers and
 * their Javadoc: the credential, and the form of refusals.
 */
@Configuration(proxyBeanMethods = false)
class OpenApiDocument {

  private static final String TOKEN = "token";
  private static final String PROBLEM = "Problem";

  /** The one route that needs no credential; it makes the first one. */
  private static final String OPEN = "/api/v1/setup";

  @Bean
  OpenAPI openApi() {
    return new OpenAPI()
        .info(
            new Info()
                .title("Espalier")
                .version("v1")
                .description("Fine-tuning of deep models on a shared GPU cluster.")
                .license(new License().name("Apache-2.0").identifier("Apache-2.0")))
        .components(
            new Components()
                .addSecuritySchemes(
                    TOKEN,
                    new SecurityScheme()
                        .type(SecurityScheme.Type.HTTP)
                        .scheme("bearer")
                        .description("An API token, made on the account page or at /tokens"))
                .addSchemas(PROBLEM, problem()));
  }

  @Bean
  OpenApiCustomizer credentialsAndRefusals() {
    return document ->
        document
            .getPaths()
            .forEach((path, item) ->
                item.readOperations().forEach(operation -> complete(path, operation)));
  }

  private static void complete(String path, Operation operation) {
    operation.setSecurity(
        path.equals(OPEN) ? List.of() : List.of(new SecurityRequirement().addList(TOKEN)));
    operation
        .getResponses()
        .addApiResponse(
            "default",
            new ApiResponse()
                .description("A refusal that names the thing, the value, the limit and the way out")
                .content(
                    new Content()
                        .addMediaType(
                            "application/problem+json",
                            new MediaType()
                                .schema(new Schema<>().$ref("#/components/schemas/" + PROBLEM)))));
  }

  /** RFC 9457 with our extension members. */
  private static Schema<?> problem() {
    var problem = new ObjectSchema();
    problem.addProperty("type", new StringSchema().description("urn:espalier:problem:CODE"));
    problem.addProperty("title", new StringSchema());
    problem.addProperty("status", new IntegerSchema());
    problem.addProperty("detail", new StringSchema().description("one sentence for a person"));
    problem.addProperty("code", new StringSchema().description("stable, for programs"));
    problem.addProperty("thing", new StringSchema().description("what it is about"));
    problem.addProperty("value", new StringSchema().description("what was found"));
    problem.addProperty("limit", new StringSchema().description("what is accepted"));
    problem.addProperty("wayOut", new StringSchema().description("what to do about it"));
    problem.setRequired(List.of("title", "status", "code", "thing", "wayOut"));
    return problem;
  }
}
