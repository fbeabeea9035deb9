package io.espalier.trainer.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.engine.Engine;
import io.espalier.domain.problem.Refused;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EngineStartTest {

  @BeforeEach
  void start() {
    EngineStart.withThreads(1);
  }

  @Test
  void aGpuThatTheEngineDoesNotSeeIsNotReplacedByTheProcessor() {
    assumeTrue(Engine.getEngine("PyTorch").getGpuCount() == 0, "this host has a GPU");

    assertThatThrownBy(() -> EngineStart.require("GPU-3f2a"))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("GPU-3f2a")
        .hasMessageContaining("--devices cpu");
  }

  /** Fails where the kernels for this processor need something that its system hides. */
  @Test
  void convolutionsAreThoseThatOneComputesByHand() throws IOException {
    assertThat(Convolutions.areRight()).isTrue();
  }

  @Test
  void theProcessorIsAlwaysThere() {
    assertThatCode(() -> EngineStart.require("cpu")).doesNotThrowAnyException();
  }
}
