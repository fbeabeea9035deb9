package io.espalier.web.starter;

import io.espalier.orchestrator.model.BaseModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;

/** Registers every model folder under {@code ESPALIER_STARTERS} as a base model of the platform. */
@Component
@EnableConfigurationProperties(Starters.Settings.class)
class Starters implements ApplicationRunner {

  /** {@code starters}: a folder of model folders, or null for none. */
  @ConfigurationProperties("espalier")
  record Settings(@Nullable Path starters) {}

  private final Settings settings;
  private final BaseModels models;

  Starters(Settings settings, BaseModels models) {
    this.settings = settings;
    this.models = models;
  }

  @Override
  public void run(ApplicationArguments arguments) throws IOException {
    if (settings.starters() == null) return;
    try (var folders = Files.list(settings.starters())) {
      for (var folder : folders.filter(Files::isDirectory).sorted().toList()) {
        models.ensureStarter(folder, "starter-" + folder.getFileName());
      }
    }
  }
}
