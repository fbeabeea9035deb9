package io.espalier.trainer.starter;

import java.util.Locale;

/** How long a pre-training may run. */
public sealed interface Length {
  /** Exactly so many optimizer steps. */
  record Steps(int count) implements Length {}

  /** So much time, or as many steps as fit into it. */
  record Minutes(double count) implements Length {}

  /** As the command line has it. */
  default String option() {
    return switch (this) {
      case Steps(int count) -> "--steps " + count;
      case Minutes(double count) -> String.format(Locale.ROOT, "--minutes %.0f", count);
    };
  }

  /** What of it is over. */
  default double share(int step, double seconds) {
    return switch (this) {
      case Steps(int count) -> (double) step / count;
      case Minutes(double count) -> seconds / (60 * count);
    };
  }
}
