package io.espalier.web.jobs.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H3;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Span;
import io.espalier.domain.data.DataLayout;
import io.espalier.domain.wire.TrainerEvent.Evaluated;
import io.espalier.domain.wire.TrainerEvent.Sample;
import io.espalier.orchestrator.job.JobView;
import io.espalier.web.element.Figure;
import io.espalier.web.element.Words;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the job has reached on the sealed test split. */
final class ResultPanel extends Panel {

  private static final String MISTAKES = "Most confident mistakes";
  private static final String HITS = "Most confident hits";

  private final JobSource source;
  private final Div content = new Div();
  private @Nullable Evaluated shown;

  ResultPanel(JobSource source) {
    super("Result on the sealed test split");
    this.source = source;
    content.addClassName("stack");
    add(content);
    setVisible(false);
  }

  @Override
  void show(JobView job) {
    var result = job.result();
    setVisible(result != null);
    if (result == null || result.equals(shown)) return;
    shown = result;
    content.removeAll();
    content.add(figures(result), scale(result), note(result), confusion(result), samples(result));
  }

  private static Component figures(Evaluated result) {
    var before = new Figure(Words.percent(result.before()), "before");
    var arrow = new Span("→");
    arrow.addClassName("arrow");
    arrow.getElement().setAttribute("aria-hidden", "true");
    var after = new Figure(Words.percent(result.after()), "after");
    after.addClassName("after");
    var chance = new Figure(Words.percent(result.chance()), "chance");
    var figures = new Div(before, arrow, after, chance);
    figures.addClassName("before-after");
    return figures;
  }

  /** Chance, before and after on one line from 0 to 100 %. */
  private static Component scale(Evaluated result) {
    var gain = new Div();
    gain.addClassName("gain");
    double low = Math.min(result.before(), result.after());
    double high = Math.max(result.before(), result.after());
    gain.getStyle().set("left", share(low)).set("width", share(high - low));
    var chance = new Div();
    chance.addClassName("mark");
    chance.getStyle().set("left", share(result.chance()));
    var scale = new Div(gain, chance);
    scale.addClassName("scale");
    scale.getElement().setAttribute("aria-hidden", "true");
    return scale;
  }

  private static Component note(Evaluated result) {
    var note =
        new Paragraph(
            "%s on %s. Every export was loaded again from its files: its answers differ from the trained model's by %s at most."
                .formatted(
                    sentence(result.metric()),
                    Words.count(result.samples(), "test sample", "test samples"),
                    String.format(Locale.ROOT, "%.1e", result.reloadMaxDifference())));
    note.addClassName("secondary");
    return note;
  }

  private static Component confusion(Evaluated result) {
    var box = new Div(new H3("Confusion matrix"), new ConfusionMatrix(result));
    box.addClassName("stack");
    return box;
  }

  private Component samples(Evaluated result) {
    var wrong =
        result.samplesToShow().stream().filter(s -> !s.label().equals(s.predicted())).toList();
    var right =
        result.samplesToShow().stream().filter(s -> s.label().equals(s.predicted())).toList();
    var box = new Div();
    box.addClassName("stack");
    switch (source.layout()) {
      case DataLayout.ImageFolder() -> {
        if (!wrong.isEmpty()) box.add(tiles(MISTAKES, wrong));
        if (!right.isEmpty()) box.add(tiles(HITS, right));
      }
      case DataLayout.OfTexts _ -> {
        var texts = source.texts(result.samplesToShow().stream().map(Sample::name).toList());
        if (!wrong.isEmpty()) box.add(new SampleTexts(MISTAKES, wrong, texts));
        if (!right.isEmpty()) box.add(new SampleTexts(HITS, right, texts));
      }
    }
    return box;
  }

  private Component tiles(String title, List<Sample> samples) {
    var tiles = new Div();
    tiles.addClassName("samples");
    for (var sample : samples) tiles.add(new SampleTile(source, sample));
    var box = new Div(new H3(title), tiles);
    box.addClassName("stack");
    return box;
  }

  private static String sentence(String metric) {
    return metric.isEmpty()
        ? "Measured"
        : Character.toUpperCase(metric.charAt(0)) + metric.substring(1);
  }

  private static String share(double share) {
    return String.format(Locale.ROOT, "%.2f%%", 100 * Math.clamp(share, 0, 1));
  }
}
