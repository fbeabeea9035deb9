package io.espalier.web.jobs.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.details.Details;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.ListItem;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.html.UnorderedList;
import io.espalier.domain.protocol.Augmentation;
import io.espalier.domain.protocol.LayerRates;
import io.espalier.domain.protocol.Optimization;
import io.espalier.domain.selection.Alternative;
import io.espalier.domain.selection.Decision;
import io.espalier.orchestrator.job.JobView;
import io.espalier.web.element.Meter;
import io.espalier.web.element.Table;
import io.espalier.web.element.Words;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which protocol was chosen and why, with every alternative and the number that decided. */
final class DecisionPanel extends Panel {

  private final Div content = new Div();
  private @Nullable Decision shown;

  DecisionPanel() {
    super("Why this protocol");
    content.addClassName("stack");
    add(content);
  }

  @Override
  void show(JobView job) {
    var decision = job.decision();
    if (decision == null) {
      content.removeAll();
      var waiting =
          new Paragraph(
              job.state().isTerminal()
                  ? "This job ended before a protocol was chosen."
                  : "Espalier measures the data first: a linear probe on the base model's features"
                      + " and on those of a random twin. The choice and its reasons appear here.");
      waiting.addClassName("secondary");
      content.add(waiting);
      return;
    }
    if (decision.equals(shown)) return;
    shown = decision;
    content.removeAll();
    var protocol = new Span(decision.chosen().protocol().label());
    protocol.addClassName("chosen");
    var how = new Span(decision.input().requested() == null ? "chosen by Espalier" : "asked for");
    how.addClassName("tag");
    var title = new Div(protocol, how);
    title.addClassName("chosen-line");
    content.add(title, list("reasons", decision.reasons()));
    if (!decision.warnings().isEmpty()) content.add(list("warnings", decision.warnings()));
    content.add(alternatives(decision.alternatives()), settings(decision));
  }

  private static Component list(String className, List<String> lines) {
    var list = new UnorderedList();
    list.addClassName(className);
    for (var line : lines) list.add(new ListItem(line));
    return list;
  }

  private static Component alternatives(List<Alternative> alternatives) {
    var table =
        new Table(
            "Every protocol that was considered",
            "Protocol",
            "Verdict",
            "Predicted accuracy",
            "Cost",
            "What decided");
    for (var alternative : alternatives) {
      var protocol = new Span(alternative.training().protocol().label());
      protocol.addClassName("row-title");
      var verdict = new Span(Words.lower(alternative.verdict()));
      verdict.addClassName("tag");
      verdict.getElement().setAttribute("data-verdict", alternative.verdict().name());
      var accuracy = alternative.accuracy();
      var text =
          String.format(
              Locale.ROOT, "%.1f ± %.1f %%", 100 * accuracy.mean(), 100 * accuracy.standardError());
      var predicted = new Div(Table.number(text), new Meter(text).part("good", accuracy.mean()));
      predicted.addClassName("two-lines");
      var why = new Div(sentence(alternative.reason()));
      why.addClassName("why");
      var row =
          table.row(protocol, verdict, predicted, Table.number(alternative.cost().toString()), why);
      if (alternative.verdict() == Alternative.Verdict.CHOSEN) row.addClassName("chosen-row");
    }
    return table;
  }

  private static String sentence(String reason) {
    return reason.isEmpty() ? "" : Character.toUpperCase(reason.charAt(0)) + reason.substring(1);
  }

  private static Component settings(Decision decision) {
    var table = new Table("Settings of the training", "Setting", "Value");
    var settings = decision.chosen().settings();
    var schedule = settings.schedule();
    var optimizer = settings.optimizer();
    row(table, "learning_rate", number(schedule.learningRate()));
    row(table, "optimizer", optimizer(optimizer.rule()));
    row(table, "weight_decay", number(optimizer.weightDecay()));
    rates(settings.reach().rates()).ifPresent(told -> row(table, "rates of layers", told));
    var adapters = settings.reach().adapters();
    if (adapters != null) {
      row(table, "lora_rank", Words.count(adapters.rank()));
      row(table, "lora_alpha", number(adapters.alpha()));
    }
    row(table, "max_steps", Words.count(schedule.maxSteps()));
    row(table, "batch size", Words.count(settings.batching().batchSize()));
    row(table, "warmup_steps", Words.count(schedule.warmupSteps()));
    row(table, "max_grad_norm", number(optimizer.maxGradNorm()));
    row(table, "label_smoothing", number(settings.regularisation().labelSmoothing()));
    row(table, "augmentation", augmentation(settings.regularisation().augmentation()));
    row(table, "rules", decision.rules());
    var details = new Details("Settings", table);
    details.addClassName("quiet");
    return details;
  }

  private static String optimizer(Optimization.Rule rule) {
    return switch (rule) {
      case Optimization.AdamW _ -> "AdamW";
      case Optimization.Sgd(double momentum, _) -> "SGD, momentum " + number(momentum);
    };
  }

  private static Optional<String> rates(LayerRates rates) {
    return switch (rates) {
      case LayerRates.Equal() -> Optional.empty();
      case LayerRates.ByDepth(double factor) -> Optional.of(number(factor) + " per layer");
      case LayerRates.ByGradient _ -> Optional.of("by measured gradients");
    };
  }

  private static String augmentation(Augmentation augmentation) {
    return switch (augmentation) {
      case Augmentation.None() -> "off";
      case Augmentation.Gentle() -> "gentle";
      case Augmentation.Strong _ -> "strong";
    };
  }

  private static void row(Table table, String name, String value) {
    table.row(new Span(name), Table.number(value));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4g", value).replaceAll("0+$", "").replaceAll("\\.$", "");
  }
}
