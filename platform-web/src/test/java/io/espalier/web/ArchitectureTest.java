package io.espalier.web;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.vaadin.flow.component.dependency.NpmPackage;
import com.vaadin.flow.component.page.AppShellConfigurator;
import com.vaadin.flow.router.Route;
import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModules;
import org.springframework.web.bind.annotation.RestController;

@AnalyzeClasses(packages = "io.espalier.web", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @Test
  void featuresUseEachOthersPublicTypesOnlyAndNotInCircles() {
    ApplicationModules.of(Platform.class).verify();
  }

  @ArchTest
  static final ArchRule viewsArePrivateToTheirFeature =
      classes()
          .that()
          .areAnnotatedWith(Route.class)
          .should()
          .notBePublic()
          .andShould()
          .resideInAPackage("..ui..");

  @ArchTest
  static final ArchRule controllersArePrivateToTheirFeature =
      classes().that().areAnnotatedWith(RestController.class).should().notBePublic();

  @ArchTest
  static final ArchRule transactionsAreOpenedByTheOrchestratorAlone =
      noClasses()
          .that(resideInAPackage("io.espalier.web.."))
          .and()
          .resideOutsideOfPackage("io.espalier.web.database")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "java.sql",
                  "javax.sql",
                  "org.springframework.jdbc..",
                  "io.espalier.orchestrator.database.Transactions"));

  /** Each of these would demand Node for the build. */
  @ArchTest
  static final ArchRule nothingForcesAFrontEndBuild =
      noClasses().should().beAnnotatedWith(NpmPackage.class);

  @ArchTest
  static final ArchRule thereIsOneShell =
      classes()
          .that()
          .implement(AppShellConfigurator.class)
          .should()
          .resideInAPackage("io.espalier.web.shell");
}
