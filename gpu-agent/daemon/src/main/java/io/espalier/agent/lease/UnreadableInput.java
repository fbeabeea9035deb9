package io.espalier.agent.lease;

import io.espalier.domain.job.FailureReason;
import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.wire.NamedBlob;
import io.espalier.domain.wire.TrainerEvent;
import java.io.IOException;
import java.time.Instant;

/** The platform cannot give an input as its name promises it, however often it is asked. */
final class UnreadableInput extends IOException {

  private static final long serialVersionUID = 1;

  private final transient NamedBlob input;

  UnreadableInput(NamedBlob input, Exception cause) {
    super(cause.getMessage(), cause);
    this.input = input;
  }

  TrainerEvent event(Instant at) {
    return new TrainerEvent.Failed(
        at,
        FailureReason.INPUT_UNREADABLE,
        Problem.of(
                "input-unreadable",
                Category.UNAVAILABLE,
                "input " + input.name(),
                "The platform does not give this input whole: " + getMessage(),
                "An admin should look at the platform's store with ops/check-invariants; what is"
                    + " damaged there must be sent again.")
            .found(input.blob().sha256()));
  }
}
