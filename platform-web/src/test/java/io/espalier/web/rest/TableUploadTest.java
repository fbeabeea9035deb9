package io.espalier.web.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.web.Admin;
import io.espalier.web.PlatformTest;
import io.espalier.web.Rest;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;

/** Tables of texts, from a first look to a version. */
@PlatformTest
class TableUploadTest {

  @LocalServerPort private int port;
  @Autowired private ApplicationContext platform;

  private Rest rest;
  private String team;

  @BeforeEach
  void asAdminWithATeam() {
    rest = Rest.anonymous(port).bearing(Admin.token(platform));
    team =
        rest.post("/api/v1/teams", Map.of("name", "Team " + UUID.randomUUID()))
            .json()
            .get("id")
            .asString();
  }

  @Test
  void aFirstLookGuessesTheColumnsAndShowsRows() {
    var answer = rest.upload("POST", "/api/v1/datasets/inspect?team=" + team, "text/csv", table());

    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    var look = answer.json();
    assertThat(look.at("/layout/kind").asString()).isEqualTo("TEXT_TABLE");
    assertThat(look.at("/layout/text").asString()).isEqualTo("message");
    assertThat(look.at("/layout/label").asString()).isEqualTo("label");
    assertThat(look.get("columns").size()).isEqualTo(3);
    assertThat(look.at("/rows/0/0").asString()).isEqualTo("message number 0");
    assertThat(rest.get("/api/v1/datasets?team=" + team).json().get("items").size()).isZero();
  }

  @Test
  void theGuessIsRegisteredAndAnotherMappingIsAnotherVersion() {
    var guessed = register("");
    var mapped = register("&text=message&label=place");

    assertThat(guessed.status()).as(guessed.toString()).isEqualTo(201);
    assertThat(guessed.json().at("/report/classes/1").asString()).isEqualTo("spam");
    assertThat(guessed.json().at("/report/lengths/median").asInt()).isEqualTo(3);
    assertThat(guessed.json().at("/report/preview/0/text").asString()).startsWith("message");
    assertThat(mapped.json().get("number").asInt()).isEqualTo(2);
    assertThat(mapped.json().get("sha256")).isEqualTo(guessed.json().get("sha256"));
    assertThat(mapped.json().at("/report/classes/0").asString()).isEqualTo("home");
    assertThat(register("").status()).isEqualTo(200);
  }

  @Test
  void aColumnThatIsNotThereIsRefusedByName() {
    var half = register("&text=message");
    var wrong = register("&text=message&label=topic");

    assertThat(half.status()).isEqualTo(400);
    assertThat(half.json().get("thing").asString()).isEqualTo("label");
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.json().get("limit").asString()).isEqualTo("a column \"topic\"");
    assertThat(wrong.json().get("value").asString()).contains("message, label, place");
  }

  private Rest.Answer register(String columns) {
    var path = "/api/v1/datasets?team=" + team + "&name=mail" + columns;
    return rest.upload("POST", path, "text/csv", table());
  }

  private static byte[] table() {
    var rows = new StringBuilder("message,label,place\n");
    for (int i = 0; i < 40; i++) {
      rows.append(
          "message number %d,%s,%s\r\n"
              .formatted(i, i % 2 == 0 ? "ham" : "spam", i % 4 < 2 ? "work" : "home"));
    }
    return rows.toString().getBytes(UTF_8);
  }
}
