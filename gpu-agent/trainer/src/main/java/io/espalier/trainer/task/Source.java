package io.espalier.trainer.task;

import io.espalier.datasets.Split;
import io.espalier.trainer.data.DataSet;
import io.espalier.trainer.data.Samples;
import java.io.IOException;

/** Which samples of a data set a command takes. */
enum Source {
  /** The data set's own test split; where it has none, all samples. */
  AUTO,
  TRAIN,
  VALIDATION,
  TEST,
  ALL;

  Samples of(DataSet data) throws IOException {
    return switch (this) {
      case AUTO -> data.report().officialTest() ? data.load(Split.TEST) : data.all();
      case TRAIN -> data.load(Split.TRAIN);
      case VALIDATION -> data.load(Split.VALIDATION);
      case TEST -> data.load(Split.TEST);
      case ALL -> data.all();
    };
  }

  /** In a sentence, of the data set that it was taken of. */
  String told(DataSet data) {
    return switch (this) {
      case AUTO -> data.report().officialTest() ? TEST.told(data) : ALL.told(data);
      case TRAIN -> "the training split";
      case VALIDATION -> "the validation split";
      case TEST ->
          data.report().officialTest()
              ? "the test split"
              : "the part that is held out where there is no test split";
      case ALL -> "all samples";
    };
  }
}
