package io.espalier.web.element;

import com.vaadin.flow.component.html.Span;
import io.espalier.domain.job.JobState;
import io.espalier.orchestrator.job.JobView;

/** A job's state in a word, with the reason of a pause or a failure. */
public final class StateBadge extends Span {

  public StateBadge(JobView job) {
    this(job.state(), label(job));
  }

  public StateBadge(JobState state) {
    this(state, Words.of(state));
  }

  private StateBadge(JobState state, String label) {
    super(label);
    addClassName("state");
    getElement().setAttribute("data-state", state.name());
  }

  /** Such as {@code Paused · budget}. */
  private static String label(JobView job) {
    var state = Words.of(job.state());
    if (job.pauseReason() != null) return state + " · " + Words.lower(job.pauseReason());
    if (job.failureReason() != null) return state + " · " + Words.lower(job.failureReason());
    return state;
  }
}
