package io.espalier.web;

import io.espalier.orchestrator.OrchestratorConfiguration;
import io.espalier.orchestrator.OrchestratorSettings;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The orchestrator inside the platform. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(PlatformSettings.class)
@Import(OrchestratorConfiguration.class)
class PlatformConfiguration {

  @Bean
  OrchestratorSettings orchestratorSettings(PlatformSettings settings) {
    return settings.orchestrator();
  }
}
