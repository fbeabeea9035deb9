package io.espalier.web.element;

import com.vaadin.flow.component.html.Span;
import io.espalier.domain.job.FailureReason;
import io.espalier.domain.job.JobState;
import io.espalier.domain.job.PauseReason;
import io.espalier.orchestrator.job.JobView;
import org.jspecify.annotations.Nullable;

/** A job's state in a word, with the reason of a pause or a failure. */
public final class StateBadge extends Span {

  public StateBadge(JobView job) {
    this(job.state(), job.pauseReason(), job.failureReason());
  }

  public StateBadge(JobState state) {
    this(state, null, null);
  }

  public StateBadge(JobState state, @Nullable PauseReason paused, @Nullable FailureReason failed) {
    super(label(state, paused, failed));
    addClassName("state");
    getElement().setAttribute("data-state", state.name());
  }

  /** Such as {@code Paused · budget}. */
  private static String label(
      JobState state, @Nullable PauseReason paused, @Nullable FailureReason failed) {
    if (paused != null) return Words.of(state) + " · " + paused.label();
    return failed == null ? Words.of(state) : Words.of(state) + " · " + failed.label();
  }
}
