package io.espalier.orchestrator.job;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.schedule.PriorityClass;
import io.espalier.domain.schedule.StartWindow;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When and where a job may run.
 *
 * @param priority within its team
 * @param slots of one host, all at once
 * @param labels that the host must carry
 * @param pool GPU type; null for any
 * @param notBefore no task starts earlier; null for at once
 * @param window when tasks may start; null for always
 * @param deadline the job is of no use after; null for never
 */
public record Scheduling(
    PriorityClass priority,
    int slots,
    List<String> labels,
    @Nullable String pool,
    @Nullable Instant notBefore,
    @Nullable StartWindow window,
    @Nullable Instant deadline) {

  /** One slot anywhere, as soon as it is its turn. */
  public static final Scheduling PLAIN =
      new Scheduling(PriorityClass.NORMAL, 1, List.of(), null, null, null, null);

  static final int MOST_SLOTS = 64;
  private static final int MOST_LABELS = 10;
  private static final int MOST_CHARACTERS = 50;

  public Scheduling {
    labels = labels.stream().sorted().distinct().toList();
    notBefore = asStored(notBefore);
    deadline = asStored(deadline);
  }

  /** The database keeps microseconds. */
  private static @Nullable Instant asStored(@Nullable Instant at) {
    return at == null ? null : at.truncatedTo(ChronoUnit.MICROS);
  }

  /** Why it cannot be; empty if it can. */
  List<Problem> obstacles(Instant now) {
    var obstacles = new ArrayList<Problem>();
    if (slots < 1 || slots > MOST_SLOTS) {
      obstacles.add(
          problem("slots", "A job takes at least one slot, and no host has so many.")
              .found(slots)
              .allowed("1 to " + MOST_SLOTS));
    }
    boolean wrong =
        labels.size() > MOST_LABELS
            || labels.stream()
                .anyMatch(label -> label.isBlank() || label.length() > MOST_CHARACTERS);
    if (wrong) {
      obstacles.add(
          problem("labels", "Labels are few and short.")
              .found(String.join(", ", labels))
              .allowed("up to 10 labels of 1 to 50 characters"));
    }
    if (deadline != null && !deadline.isAfter(now)) {
      obstacles.add(
          problem("deadline", "The deadline has passed.").found(deadline).allowed("after " + now));
    }
    if (deadline != null && notBefore != null && !deadline.isAfter(notBefore)) {
      obstacles.add(
          problem("deadline", "The job may not start before its deadline.")
              .found(deadline)
              .allowed("after " + notBefore));
    }
    return obstacles;
  }

  private static Problem problem(String field, String sentence) {
    return Problem.of(
        "scheduling-" + field, Category.INVALID, field, sentence, "Change it or leave it out.");
  }
}
