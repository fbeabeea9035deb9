package io.espalier.web.starter;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.orchestrator.model.BaseModels;
import io.espalier.web.installation.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;

/** Runs before the platform says that it is ready: a first job finds a model to start from. */
@Component
@EnableConfigurationProperties(StarterSettings.class)
class StarterModels implements ApplicationRunner {

  private static final Logger log = LoggerFactory.getLogger(StarterModels.class);

  private final BaseModels models;
  private final Optional<Path> starters;

  StarterModels(BaseModels models, StarterSettings settings, Installation installation) {
    this.models = models;
    this.starters =
        settings.starters() == null
            ? installation.starters()
            : Optional.of(settings.starters().toAbsolutePath());
  }

  @Override
  public void run(ApplicationArguments arguments) throws IOException {
    if (starters.isEmpty()) {
      log.info("No base models are shipped with this installation");
      return;
    }
    var folder = starters.get();
    if (!Files.isDirectory(folder)) throw noFolder(folder);
    try (var entries = Files.newDirectoryStream(folder, Files::isDirectory)) {
      for (var entry : entries) {
        if (Files.exists(entry.resolve("config.json"))) offer(entry);
      }
    }
  }

  /** What was registered before stays: a starter that cannot be read must not keep people out. */
  private void offer(Path folder) {
    var name = "starter-" + folder.getFileName();
    try {
      models.ensureStarter(folder, name);
    } catch (Refused refused) {
      log.error("{} is not offered. {}", name, refused.getMessage());
    }
  }

  private static Refused noFolder(Path folder) {
    return new Refused(
        Problem.of(
                "starters-folder",
                Category.INVALID,
                "ESPALIER_STARTERS",
                "There is no such folder.",
                "Name the folder whose sub-folders are model folders, or unset it.")
            .found(folder));
  }
}
