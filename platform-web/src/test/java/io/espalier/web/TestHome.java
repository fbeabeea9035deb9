package io.espalier.web;

import io.espalier.web.database.TestBinaries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.util.FileSystemUtils;

/** Gives a platform a fresh data folder. The unpacked PostgreSQL is kept from run to run. */
public final class TestHome
    implements ApplicationContextInitializer<ConfigurableApplicationContext> {

  private static final Path KEPT = Path.of("target", "test-postgres").toAbsolutePath();

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    try {
      var home = Files.createTempDirectory("espalier-test");
      keepBinaries(home.resolve("database"));
      TestPropertyValues.of(
              "espalier.home=" + home,
              "espalier.local-agent=off",
              "espalier.password-cost=4",
              "vaadin.productionMode=true") // there is no development server on the class path
          .applyTo(context);
      context.addApplicationListener(event -> {
        if (event instanceof ContextClosedEvent) delete(home);
      });
    } catch (IOException e) {
      throw new UncheckedIOException("No data folder for the test's platform", e);
    }
  }

  /** Links the unpacked PostgreSQL into {@code database}, which is made if there is none. */
  public static void keepBinaries(Path database) throws IOException {
    Files.createDirectories(database);
    TestBinaries.linkInto(database, KEPT);
  }

  private static void delete(Path home) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              try {
                FileSystemUtils.deleteRecursively(home);
              } catch (IOException e) {
                System.err.println("Left behind: " + home);
              }
            }));
  }
}
