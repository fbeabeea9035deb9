package io.espalier.web;

import io.espalier.orchestrator.account.Accounts;
import io.espalier.orchestrator.account.Teams;
import io.espalier.orchestrator.account.Tokens;
import io.espalier.orchestrator.audit.Audit;
import io.espalier.orchestrator.database.Credentials;
import io.espalier.orchestrator.database.Transactions;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
class AccountConfiguration {

  @Bean
  Transactions transactions(Credentials credentials) {
    return new Transactions(credentials);
  }

  @Bean
  Audit audit(Transactions transactions, JsonMapper json) {
    return new Audit(transactions, json);
  }

  @Bean
  Accounts accounts(Transactions transactions, Audit audit) {
    return new Accounts(transactions, audit, InstantSource.system());
  }

  @Bean
  Tokens tokens(Transactions transactions, Audit audit) {
    return new Tokens(transactions, audit);
  }

  @Bean
  Teams teams(Transactions transactions, Audit audit) {
    return new Teams(transactions, audit);
  }
}
