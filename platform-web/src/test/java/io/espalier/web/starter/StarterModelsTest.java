package io.espalier.web.starter;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.orchestrator.model.BaseModel;
import io.espalier.orchestrator.model.BaseModels;
import io.espalier.web.Admin;
import io.espalier.web.PlatformTest;
import io.espalier.web.Samples;
import io.espalier.web.installation.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.DefaultApplicationArguments;
import org.springframework.context.ApplicationContext;

@PlatformTest
class StarterModelsTest {

  @Autowired private ApplicationContext platform;
  @TempDir private Path starters;

  @Test
  void aStarterThatCannotBeReadDoesNotKeepTheOthersOut() throws IOException {
    var mark = UUID.randomUUID().toString().substring(0, 8);
    var sound = Files.createDirectory(starters.resolve("sound-" + mark));
    for (var file : Samples.modelFiles().entrySet()) {
      Files.write(sound.resolve(file.getKey()), file.getValue());
    }
    var broken = Files.createDirectory(starters.resolve("broken-" + mark));
    Files.writeString(broken.resolve("config.json"), "{}");
    var models = platform.getBean(BaseModels.class);

    new StarterModels(models, new StarterSettings(starters), platform.getBean(Installation.class))
        .run(new DefaultApplicationArguments());

    assertThat(models.list(Admin.principal(platform)))
        .extracting(BaseModel::name)
        .contains("starter-sound-" + mark)
        .doesNotContain("starter-broken-" + mark);
  }
}
