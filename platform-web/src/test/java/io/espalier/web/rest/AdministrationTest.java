package io.espalier.web.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.web.Admin;
import io.espalier.web.PlatformTest;
import io.espalier.web.Rest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;

/** What admins do, by REST. */
@PlatformTest
class AdministrationTest {

  @LocalServerPort private int port;
  @Autowired private ApplicationContext platform;

  private final String mark = UUID.randomUUID().toString().substring(0, 8);
  private Rest admin;

  @BeforeEach
  void signIn() {
    admin = Rest.anonymous(port).bearing(Admin.token(platform));
  }

  @Test
  void aListIsReadPageByPage() {
    for (int i = 0; i < 3; i++) {
      assertThat(admin.post("/api/v1/teams", Map.of("name", mark + " " + i)).status())
          .isEqualTo(201);
    }

    var names = new ArrayList<String>();
    var address = "/api/v1/teams?limit=2&name=" + mark;
    var page = admin.get(address).json();
    while (true) {
      names.addAll(page.get("items").findValuesAsString("name"));
      if (page.path("next").isNull() || page.path("next").isMissingNode()) break;
      page =
          admin.get(address + "&after=" + page.get("next").asString().replace(" ", "%20")).json();
    }

    assertThat(names).containsExactly(mark + " 0", mark + " 1", mark + " 2");
    assertThat(admin.get("/api/v1/teams?limit=100000").status()).isEqualTo(400);
  }

  @Test
  void aUserIsInvitedDisabledAndFoundInTheAuditLog() {
    var invited =
        admin.post("/api/v1/users/invitations", Map.of("login", "u" + mark, "name", "User")).json();
    var user = invited.get("user").asString();

    assertThat(invited.get("password").asString()).hasSizeGreaterThanOrEqualTo(15);
    assertThat(admin.post("/api/v1/users/" + user + "/disable").status()).isEqualTo(204);

    var found = admin.get("/api/v1/users?name=u" + mark).json().get("items");
    assertThat(found.size()).isEqualTo(1);
    assertThat(found.get(0).get("disabled").asBoolean()).isTrue();
    assertThat(found.get(0).toString()).doesNotContain(invited.get("password").asString());
    var audited = admin.get("/api/v1/audit?thing=u" + mark).json().get("items");
    assertThat(audited.size()).isGreaterThanOrEqualTo(1);
    assertThat(audited.findValuesAsString("actor")).containsOnly(Admin.LOGIN);
    assertThat(admin.get("/api/v1/audit/chain").json().get("sound").asBoolean()).isTrue();
  }

  @Test
  void whatIsForAdminsIsClosedToOthers() {
    var login = "v" + mark;
    var created =
        admin.post(
            "/api/v1/users", Map.of("login", login, "name", "V", "password", Admin.PASSWORD));
    assertThat(created.status()).isEqualTo(201);
    var stranger = Rest.anonymous(port).bearing(Admin.tokenOf(platform, login, Admin.PASSWORD));

    for (var path : List.of("/api/v1/users", "/api/v1/audit", "/api/v1/audit/chain")) {
      assertThat(stranger.get(path).status()).as(path).isEqualTo(403);
    }
    assertThat(stranger.get("/api/v1/cluster/hosts").status()).isEqualTo(200);
    assertThat(stranger.get("/api/v1/cluster/queue").status()).isEqualTo(200);
    assertThat(stranger.get("/api/v1/teams").json().get("items").isEmpty()).isTrue();
  }

  @Test
  void aCreditThatIsSentTwiceUnderOneKeyIsBookedOnce() {
    var team = admin.post("/api/v1/teams", Map.of("name", mark)).json().get("id").asString();
    var credit = Map.of("gpuHours", 2, "reason", "for May");
    var path = "/api/v1/teams/" + team + "/budget/credits";
    var once = admin.with("Idempotency-Key", mark);

    assertThat(once.post(path, credit).status()).isEqualTo(200);
    assertThat(once.post(path, credit).json().get("funded").asLong()).isEqualTo(7_200_000);
    assertThat(once.post(path, Map.of("gpuHours", 3, "reason", "for May")).status()).isEqualTo(409);
  }
}
