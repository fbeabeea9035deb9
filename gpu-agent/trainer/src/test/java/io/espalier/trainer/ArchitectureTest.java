package io.espalier.trainer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = {"io.espalier", "ai.djl.pytorch.jni"},
    importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule ONLY_THE_ENGINE_SEES_DJL =
      noClasses()
          .that()
          .resideInAPackage("io.espalier..")
          .and()
          .resideOutsideOfPackage("io.espalier.trainer.engine")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl..");

  @ArchTest
  static final ArchRule NOTHING_OF_DJLS_OWN_TRAINING_IS_USED =
      noClasses()
          .that()
          .resideInAPackage("io.espalier..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("ai.djl.training..", "ai.djl.nn..");

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices().matching("io.espalier.trainer.(*)..").should().beFreeOfCycles();
}
