package io.espalier.web.account;

import io.espalier.orchestrator.account.Accounts;
import io.espalier.web.installation.Installation;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Tells the console where the platform is and, until there is an admin, the code that creates the
 * first. Not by the logger: a log may be shipped to people who should not have the code.
 */
@Component
class SetupNotice {

  private final Accounts accounts;
  private final Installation installation;

  SetupNotice(Accounts accounts, Installation installation) {
    this.accounts = accounts;
    this.installation = installation;
  }

  @EventListener(ApplicationReadyEvent.class)
  void print() {
    var url = installation.url();
    System.out.println("Espalier is ready at " + url);
    accounts
        .newSetupCode()
        .ifPresent(code ->
            System.out.println(
                "There is no user yet. Open %s/setup and enter this one-time code: %s"
                    .formatted(url, code)));
  }
}
