package io.espalier.web.jobs.ui;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Image;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.server.HttpStatusCode;
import com.vaadin.flow.server.streams.DownloadEvent;
import com.vaadin.flow.server.streams.DownloadHandler;
import io.espalier.datasets.image.ImageHeader;
import io.espalier.datasets.image.ImageLimits;
import io.espalier.datasets.zip.ZipArchive;
import io.espalier.datasets.zip.ZipLimits;
import io.espalier.domain.wire.TrainerEvent.Sample;
import io.espalier.web.element.Words;
import java.io.IOException;

/** A test image with what it is and what the model takes it for. */
final class SampleTile extends Div {

  SampleTile(JobSource source, Sample sample) {
    addClassName("sample");
    setTitle(sample.name());
    boolean right = sample.label().equals(sample.predicted());
    var text =
        right ? sample.label() : "%s, taken for %s".formatted(sample.label(), sample.predicted());
    var image = new Image((DownloadHandler) event -> send(event, source, sample.name()), text);
    var label = new Span(sample.label());
    label.addClassName("row-title");
    var verdict = new Span(right ? "recognised" : "taken for " + sample.predicted());
    verdict.addClassName(right ? "right" : "wrong");
    var confidence = new Span(Words.percent(sample.confidence()) + " sure");
    confidence.addClassNames("secondary", "number");
    add(image, label, verdict, confidence);
  }

  /** The file as it was uploaded; its kind is told by its bytes, and nothing but images is sent. */
  private static void send(DownloadEvent event, JobSource source, String name) throws IOException {
    try (var archive = ZipArchive.open(source.archive(), ZipLimits.DEFAULT)) {
      var member = archive.members().stream().filter(one -> one.name().equals(name)).findFirst();
      var content = member.isEmpty() ? new byte[0] : archive.read(member.get());
      switch (ImageHeader.sniff(name, content, ImageLimits.DEFAULT)) {
        case ImageHeader.Sniffed.NotAccepted _ ->
            event.getResponse().setStatus(HttpStatusCode.NOT_FOUND.getCode());
        case ImageHeader.Sniffed.Image(ImageHeader header) -> {
          event.inline(name.substring(name.lastIndexOf('/') + 1));
          event.setContentType(
              switch (header.format()) {
                case PNG -> "image/png";
                case JPEG -> "image/jpeg";
              });
          event.setContentLength(content.length);
          try (var out = event.getOutputStream()) {
            out.write(content);
          }
        }
      }
    }
  }
}
