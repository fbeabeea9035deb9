package io.espalier.domain.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import org.junit.jupiter.api.Test;

class JobStateTest {

  @Test
  void nothingFollowsAnEnd() {
    for (var state : JobState.values()) {
      assertThat(state.next().isEmpty()).isEqualTo(state.isTerminal());
    }
  }

  @Test
  void everyJobThatHasNotEndedCanBeCancelled() {
    for (var state : EnumSet.complementOf(EnumSet.of(JobState.SUCCEEDED, JobState.FAILED))) {
      if (state != JobState.CANCELLED) assertThat(state.next()).contains(JobState.CANCELLED);
    }
  }

  @Test
  void everyTaskHasItsState() {
    for (var kind : TaskKind.values()) {
      assertThat(kind.state().isTerminal()).isFalse();
    }
  }
}
