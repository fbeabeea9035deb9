package io.espalier.datasets;

import java.util.Locale;
import java.util.Optional;

/** The part of a data set that an example belongs to. The test split is read once, at the end. */
public enum Split {
  TRAIN,
  VALIDATION,
  TEST;

  /** The split that a folder of this name holds in the usual layouts, whatever its case. */
  public static Optional<Split> ofFolder(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "train", "training" -> Optional.of(TRAIN);
      case "val", "valid", "validation", "dev" -> Optional.of(VALIDATION);
      case "test", "testing" -> Optional.of(TEST);
      default -> Optional.empty();
    };
  }
}
