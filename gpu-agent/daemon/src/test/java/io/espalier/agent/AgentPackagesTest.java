package io.espalier.agent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.espalier.agent", importOptions = DoNotIncludeTests.class)
class AgentPackagesTest {

  @ArchTest
  static final ArchRule packagesDoNotDependOnEachOtherInCircles =
      slices().matching("io.espalier.agent.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule nothingBeneathKnowsTheProgram =
      noClasses()
          .that()
          .resideInAPackage("io.espalier.agent.*..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.espalier.agent");

  @ArchTest
  static final ArchRule needsNothingButTheJdkTheWireAndJson =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "io.espalier.agent..",
              "io.espalier.domain..",
              "tools.jackson..",
              "org.jspecify..");
}
