package io.espalier.web.account.ui;

import static org.assertj.core.api.Assertions.assertThat;

import com.vaadin.browserless.SpringBrowserlessTest;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.login.LoginForm;
import com.vaadin.flow.router.QueryParameters;
import io.espalier.web.Admin;
import io.espalier.web.PlatformTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;
import tools.jackson.databind.JsonNode;

@PlatformTest
class LoginViewTest extends SpringBrowserlessTest {

  @Autowired private ApplicationContext platform;

  @BeforeEach
  void thereIsAnAdmin() {
    Admin.principal(platform);
  }

  @Test
  void theFormPostsToTheSignIn() {
    navigate("login", LoginView.class);

    var form = find(LoginForm.class).single();
    assertThat(form.getAction()).isEqualTo("login");
    assertThat(form.isError()).isFalse();
  }

  @Test
  void aFailureIsShownWithoutTellingWhich() {
    open("error");

    var form = find(LoginForm.class).single();
    assertThat(form.isError()).isTrue();
    assertThat(errorOf(form).get("title").asString()).isEqualTo("Login or password is wrong.");
  }

  @Test
  void theDelayIsShownInSeconds() {
    open("error&wait=8");

    assertThat(errorOf(find(LoginForm.class).single()).get("message").asString())
        .isEqualTo("Try again in 8 s.");
  }

  @Test
  void theSetupPageIsGoneOnceThereIsAnAdmin() {
    navigate("setup", LoginView.class);
  }

  private static void open(String query) {
    UI.getCurrent().navigate("login", QueryParameters.fromString(query));
  }

  /** The texts go to the browser as a property and cannot be asked for otherwise. */
  private static JsonNode errorOf(LoginForm form) {
    return ((JsonNode) form.getElement().getPropertyRaw("i18n")).get("errorMessage");
  }
}
