package io.espalier.web.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.orchestrator.account.Accounts;
import io.espalier.orchestrator.account.NewUser;
import io.espalier.orchestrator.account.SignIn;
import io.espalier.web.Admin;
import io.espalier.web.PlatformTest;
import java.io.IOException;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;

/**
 * The pages' door as a browser meets it. The page itself is there once the build has packaged it.
 */
@PlatformTest
class SignInIT {

  private static final Pattern CSRF = Pattern.compile("<meta name=\"_csrf\" content=\"([^\"]+)\"");

  @LocalServerPort private int port;
  @Autowired private ApplicationContext platform;

  private final CookieManager cookies = new CookieManager();
  private final HttpClient browser = HttpClient.newBuilder().cookieHandler(cookies).build();
  private String login;

  @BeforeEach
  void aUserOfItsOwn() {
    login = "user" + UUID.randomUUID().toString().substring(0, 8);
    platform
        .getBean(Accounts.class)
        .createUser(Admin.principal(platform), new NewUser(login, "User", Admin.PASSWORD));
  }

  @Test
  void theRightPasswordOpensAndTheSessionIsANewOne() throws Exception {
    var csrf = csrf();
    var before = session();

    var answer = signIn(csrf, Admin.PASSWORD);

    assertThat(answer.statusCode()).isEqualTo(302);
    assertThat(location(answer)).doesNotContain("login");
    assertThat(session()).isNotEqualTo(before);
    assertThat(get("/").statusCode()).isEqualTo(200);
  }

  @Test
  void wrongPasswordsAreFollowedByADelay() throws Exception {
    var csrf = csrf();
    for (int i = 0; i < 3; i++) {
      assertThat(location(signIn(csrf, "wrong horse battery"))).endsWith("/login?error");
    }
    // The delays double from a second; on a busy machine a look at a password may take longer.
    var answer = location(signIn(csrf, "wrong horse battery"));
    for (int i = 0; i < 8 && !answer.contains("wait="); i++) {
      answer = location(signIn(csrf, "wrong horse battery"));
    }
    assertThat(answer).contains("/login?error&wait=");
    assertThat(location(signIn(csrf, Admin.PASSWORD))).contains("/login?error&wait=");
    assertThat(get("/").statusCode()).isEqualTo(302);
  }

  @Test
  void aForeignPageCannotSignAnybodyIn() throws Exception {
    csrf();
    var request =
        HttpRequest.newBuilder(uri("/login"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("Origin", "http://evil.example")
            .POST(BodyPublishers.ofString("username=" + login + "&password=" + Admin.PASSWORD))
            .build();

    assertThat(browser.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(403);
    assertThat(get("/").statusCode()).isEqualTo(302);
  }

  @Test
  void aPasswordChangeElsewhereEndsTheSession() throws Exception {
    signIn(csrf(), Admin.PASSWORD);
    assertThat(get("/").statusCode()).isEqualTo(200);

    var accounts = platform.getBean(Accounts.class);
    var who = (SignIn.Accepted) accounts.signIn(login, Admin.PASSWORD, "elsewhere");
    var principal = accounts.principal(who.who()).orElseThrow();
    accounts.changePassword(principal, Admin.PASSWORD, "another horse battery", "elsewhere");

    assertThat(get("/").statusCode()).isEqualTo(302);
  }

  @Test
  void theSessionIsKeptFromScriptsAndForeignSites() throws Exception {
    var cookie = get("/login").headers().firstValue("Set-Cookie").orElseThrow();
    assertThat(cookie).contains("ESPALIER_SESSION=", "HttpOnly", "SameSite=Lax");
  }

  @Test
  void onlyKnownNamesOfThePlatformAreAnswered() throws Exception {
    // The client sets Host itself, so this speaks HTTP by hand.
    for (var headers :
        List.of("Host: evil.example", "Host: localhost\r\nOrigin: http://evil.example")) {
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        var request = "GET /login HTTP/1.1\r\n" + headers + "\r\nConnection: close\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(answer).startsWith("HTTP/1.1 403").contains("foreign-host");
      }
    }
  }

  private HttpResponse<String> signIn(String csrf, String password)
      throws IOException, InterruptedException {
    var form =
        "username="
            + login
            + "&password="
            + URLEncoder.encode(password, StandardCharsets.UTF_8)
            + "&_csrf="
            + URLEncoder.encode(csrf, StandardCharsets.UTF_8);
    var request =
        HttpRequest.newBuilder(uri("/login"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form))
            .build();
    return browser.send(request, BodyHandlers.ofString());
  }

  /** Of the page that a browser would have loaded. */
  private String csrf() throws IOException, InterruptedException {
    var page = CSRF.matcher(get("/login").body());
    assertThat(page.find()).isTrue();
    return page.group(1);
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(uri(path)).header("Accept", "text/html").build();
    return browser.send(request, BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://localhost:" + port + path);
  }

  private static String location(HttpResponse<?> answer) {
    return answer.headers().firstValue("Location").orElse("");
  }

  private String session() {
    return cookies.getCookieStore().getCookies().stream()
        .filter(cookie -> cookie.getName().equals("ESPALIER_SESSION"))
        .map(HttpCookie::getValue)
        .findFirst()
        .orElse("");
  }
}
