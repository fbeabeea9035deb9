package io.espalier.web.database;

import io.espalier.orchestrator.database.Credentials;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Every bean that uses the database depends on these, so the server stops after all of them. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(DatabaseSettings.class)
class DatabaseConfiguration {

  @Bean
  Database database(DatabaseSettings settings) {
    return Database.open(settings);
  }

  @Bean
  Credentials credentials(Database database) {
    return database.credentials();
  }
}
