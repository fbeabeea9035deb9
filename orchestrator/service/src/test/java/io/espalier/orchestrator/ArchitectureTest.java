package io.espalier.orchestrator;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.account.Role;
import io.espalier.orchestrator.database.Transactions;
import io.espalier.orchestrator.metronome.Metronome;
import java.time.Instant;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

@AnalyzeClasses(packages = "io.espalier.orchestrator", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  /** The metronome only hands Quartz the means to open its own, on its own tables. */
  @ArchTest
  static final ArchRule ONLY_TRANSACTIONS_OPENS_TRANSACTIONS =
      noClasses()
          .that()
          .doNotBelongToAnyOf(Transactions.class, Metronome.class)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.springframework.transaction.support..")
          .orShould()
          .dependOnClassesThat()
          .haveNameMatching(".*TransactionManager")
          .orShould()
          .callMethod(JdbcClient.class, "create", DataSource.class);

  @ArchTest
  static final ArchRule ONLY_THE_LISTENER_HOLDS_A_CONNECTION =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("io.espalier.orchestrator.change.Listener")
          .should()
          .callMethod(DataSource.class, "getConnection");

  @ArchTest
  static final ArchRule PEOPLE_AND_MONEY_LIVE_BY_THE_DATABASES_CLOCK =
      noClasses()
          .that()
          .resideInAnyPackage("..budget..", "..lease..", "..schedule..", "..job..", "..agent..")
          .should()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis");

  /** Who asks is everybody's business, so every package may know a principal. */
  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices()
          .matching("io.espalier.orchestrator.(*)..")
          .should()
          .beFreeOfCycles()
          .ignoreDependency(alwaysTrue(), belongToAnyOf(Principal.class, Role.class));
}
