package io.espalier.web;

import io.espalier.orchestrator.account.Accounts;
import io.espalier.orchestrator.account.NewUser;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.account.SignIn;
import io.espalier.orchestrator.account.Tokens;
import java.time.Duration;
import org.springframework.context.ApplicationContext;

/** The admin of the platform that all tests share, made by whichever needs it first. */
public final class Admin {

  public static final String LOGIN = "ann";
  public static final String PASSWORD = "correct horse battery";

  private Admin() {}

  public static synchronized Principal principal(ApplicationContext platform) {
    var accounts = platform.getBean(Accounts.class);
    if (accounts.awaitsFirstAdmin()) {
      var code = accounts.newSetupCode().orElseThrow();
      accounts.setUp(code, new NewUser(LOGIN, "Ann Example", PASSWORD), "test");
    }
    var answer = (SignIn.Accepted) accounts.signIn(LOGIN, PASSWORD, "test");
    return accounts.principal(answer.who()).orElseThrow();
  }

  public static String token(ApplicationContext platform) {
    var admin = principal(platform);
    return platform.getBean(Tokens.class).create(admin, "test", Duration.ofHours(1)).token();
  }

  /** A token of somebody else. */
  public static String tokenOf(ApplicationContext platform, String login, String password) {
    var accounts = platform.getBean(Accounts.class);
    var answer = (SignIn.Accepted) accounts.signIn(login, password, "test");
    var user = accounts.principal(answer.who()).orElseThrow();
    return platform.getBean(Tokens.class).create(user, "test", Duration.ofHours(1)).token();
  }
}
