package io.espalier.web.account;

import io.espalier.orchestrator.account.Accounts;
import java.util.Locale;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Tells the console where the platform is and, until there is an admin, the code that creates the
 * first. Not by the logger: a log may be shipped to people who should not have the code.
 */
@Component
class SetupNotice {

  private final Accounts accounts;

  SetupNotice(Accounts accounts) {
    this.accounts = accounts;
  }

  @EventListener
  void print(ApplicationReadyEvent event) {
    if (!(event.getApplicationContext() instanceof ServletWebServerApplicationContext web)) return;
    var server = web.getWebServer();
    if (server == null) return;
    var url = "http://127.0.0.1:" + server.getPort();
    System.out.printf(Locale.ROOT, "Espalier is ready at %s%n", url);
    accounts
        .newSetupCode()
        .ifPresent(code ->
            System.out.printf(
                Locale.ROOT,
                "There is no user yet. Open %s/setup and enter this one-time code: %s%n",
                url,
                code));
  }
}
