package io.espalier.web.jobs.ui;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Image;
import com.vaadin.flow.component.html.Span;
import io.espalier.domain.wire.TrainerEvent.Sample;
import io.espalier.web.download.SampleImage;
import io.espalier.web.element.Words;

/** A test image with what it is and what the model takes it for. */
final class SampleTile extends Div {

  SampleTile(JobSource source, Sample sample) {
    addClassName("sample");
    setTitle(sample.name());
    boolean right = sample.label().equals(sample.predicted());
    var text =
        right ? sample.label() : "%s, taken for %s".formatted(sample.label(), sample.predicted());
    var image = new Image(SampleImage.of(source::archive, sample.name()), text);
    var label = new Span(sample.label());
    label.addClassName("row-title");
    var verdict = new Span(right ? "recognised" : "taken for " + sample.predicted());
    verdict.addClassName(right ? "right" : "wrong");
    var confidence = new Span(Words.percent(sample.confidence()) + " sure");
    confidence.addClassNames("secondary", "number");
    add(image, label, verdict, confidence);
  }
}
