package io.espalier.models;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.espalier.models", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule MODELS_ARE_PURE =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "io.espalier.models..",
              "io.espalier.domain..",
              "tools.jackson..",
              "org.jspecify..",
              "java..");

  @ArchTest
  static final ArchRule GRAPHS_USE_THE_JDK_ONLY =
      classes()
          .that()
          .resideInAPackage("io.espalier.models.graph")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("io.espalier.models.graph", "org.jspecify..", "java..");

  @ArchTest
  static final ArchRule FAMILIES_KNOW_NOTHING_OF_PROTOCOLS =
      noClasses()
          .that()
          .resideInAPackage("io.espalier.models.family")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.espalier.domain.protocol", "io.espalier.models.protocol");

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices().matching("io.espalier.models.(*)..").should().beFreeOfCycles();
}
