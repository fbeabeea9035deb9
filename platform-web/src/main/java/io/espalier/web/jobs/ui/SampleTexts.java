package io.espalier.web.jobs.ui;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H3;
import com.vaadin.flow.component.html.Span;
import io.espalier.datasets.table.TextSample;
import io.espalier.domain.wire.TrainerEvent.Sample;
import io.espalier.web.element.Cell;
import io.espalier.web.element.Table;
import io.espalier.web.element.Words;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Test texts with what each is and what the model takes it for. */
final class SampleTexts extends Div {

  private static final int MOST_CHARACTERS = 600;

  /** {@code texts} by the samples' names; one that is missing is named. */
  SampleTexts(String title, List<Sample> samples, Map<String, TextSample> texts) {
    addClassName("stack");
    var table = new Table(title, "Text", "Class", "Taken for", "Sure");
    for (var sample : samples) {
      boolean right = sample.label().equals(sample.predicted());
      var verdict = new Span(right ? "recognised" : sample.predicted());
      verdict.addClassName(right ? "right" : "wrong");
      var text = new Span(text(sample, texts.get(sample.name())));
      text.addClassName("sample-text");
      text.setTitle(sample.name());
      table.row(
          text,
          Cell.tag(sample.label()),
          verdict,
          Table.number(Words.percent(sample.confidence())));
    }
    add(new H3(title), table);
  }

  private static String text(Sample sample, @Nullable TextSample text) {
    if (text == null) return sample.name();
    var whole = text.secondText().map(second -> text.text() + " · " + second).orElse(text.text());
    if (whole.length() <= MOST_CHARACTERS) return whole;
    int end = whole.offsetByCodePoints(0, whole.codePointCount(0, MOST_CHARACTERS - 1));
    return whole.substring(0, end) + "…";
  }
}
