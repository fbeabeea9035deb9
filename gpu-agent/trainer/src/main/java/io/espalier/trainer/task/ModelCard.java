package io.espalier.trainer.task;

import io.espalier.datasets.Split;
import io.espalier.datasets.report.DatasetReport;
import io.espalier.domain.protocol.LayerRates;
import io.espalier.domain.protocol.Reach;
import io.espalier.domain.protocol.Training;
import io.espalier.models.family.Family;
import io.espalier.trainer.data.DataSet;
import java.util.Locale;

/** The README of an export: what it is, what it was made from, how good it is. */
record ModelCard(
    String name,
    Family family,
    Training training,
    DataSet data,
    Predictions before,
    Predictions after) {

  String ofModel() {
    return text(
        """
        The whole model; `transformers.%s.from_pretrained` loads this folder.
        """
            .formatted(family.publication().architecture()));
  }

  String ofAdapter() {
    if (!family.publication().names().changed()) {
      return text("The adapter alone, for PEFT on top of its base model.\n");
    }
    return text(
        """
        The adapter alone, for PEFT on top of its base model. This folder carries the module names
        of transformers 4; `transformers5/` holds the same adapter with those of transformers 5,
        which refuses the others.
        """);
  }

  private String text(String use) {
    var settings = training.settings();
    DatasetReport report = data.report();
    return String.format(
        Locale.ROOT,
        """
        # %s

        %s
        | | |
        |---|---|
        | protocol | %s |
        %s| classes | %s |
        | data | %d train, %d validation, %d test %s; content %s |
        | settings | learning rate %s, %d steps of %d, weight decay %s%s, seed %d |

        The test split was read once, after training was finished; weights were chosen on the
        validation split. Made with Espalier.
        """,
        line(name),
        use,
        training.protocol().label(),
        measures(),
        line(String.join(", ", data.classes())),
        report.count(Split.TRAIN),
        report.count(Split.VALIDATION),
        report.count(Split.TEST),
        data.noun(),
        report.contentHash(),
        settings.schedule().learningRate(),
        settings.schedule().maxSteps(),
        settings.batching().batchSize(),
        settings.optimizer().weightDecay(),
        reach(settings.reach()),
        settings.seed());
  }

  /** A row of the table for each metric. */
  private String measures() {
    var rows = new StringBuilder();
    for (var measure : after.measures())
      rows.append(
          String.format(
              Locale.ROOT,
              "| test %s | %.4f (95 %%: %.4f … %.4f; before training %.4f, chance %.4f) |%n",
              measure.metric().label(),
              measure.value(),
              measure.low(),
              measure.high(),
              before.value(measure.metric()),
              after.chance(measure.metric())));
    return rows.toString();
  }

  private static String reach(Reach reach) {
    var adapters = reach.adapters();
    var rates =
        switch (reach.rates()) {
          case LayerRates.Equal() -> "";
          case LayerRates.ByDepth(double factor) -> ", layer decay " + factor;
          case LayerRates.ByGradient _ -> ", rates by relative gradient";
        };
    return adapters == null ? rates : rates + ", LoRA rank " + adapters.rank();
  }

  /** Names come from outside: they may not break the table or open a tag. */
  private static String line(String text) {
    return text.replaceAll("[\\p{Cntrl}|<>`\\[\\]]", " ").strip();
  }
}
