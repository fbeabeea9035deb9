package io.espalier.web.database;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * {@code ESPALIER_HOME} and {@code ESPALIER_DB_*} of the environment.
 *
 * @param home data folder of the platform
 * @param db a PostgreSQL of the operator's; all of it or nothing
 */
@ConfigurationProperties("espalier")
record DatabaseSettings(Path home, @DefaultValue External db) {

  /** Without {@code url} the platform runs a server of its own. */
  record External(
      @Nullable String url,
      @DefaultValue Role owner,
      @DefaultValue Role app,
      @DefaultValue Role planner) {

    Address address(String givenUrl) {
      if (!givenUrl.startsWith("jdbc:postgresql:")) {
        throw new Refused(
            Problem.of(
                    "database-url",
                    Category.INVALID,
                    "ESPALIER_DB_URL",
                    "This is not the JDBC address of a PostgreSQL.",
                    "Write it as jdbc:postgresql://HOST:PORT/DATABASE.")
                .found(givenUrl));
      }
      return new Address(
          givenUrl,
          owner.login("ESPALIER_DB_OWNER"),
          app.login("ESPALIER_DB_APP"),
          planner.login("ESPALIER_DB_PLANNER"));
    }
  }

  record Role(@Nullable String user, @Nullable String password) {

    private Login login(String prefix) {
      return new Login(given(user, prefix + "_USER"), given(password, prefix + "_PASSWORD"));
    }

    private static String given(@Nullable String value, String variable) {
      if (value == null || value.isBlank()) {
        throw new Refused(
            Problem.of(
                "database-role-missing",
                Category.INVALID,
                variable,
                "ESPALIER_DB_URL is set, so this must be set too.",
                "Create the three roles with ops/create-roles.sql and name them in"
                    + " ESPALIER_DB_OWNER_*, ESPALIER_DB_APP_* and ESPALIER_DB_PLANNER_*, or unset"
                    + " ESPALIER_DB_URL to use the embedded database."));
      }
      return value;
    }
  }
}
