package io.espalier.web.datasets.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Image;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import io.espalier.datasets.report.PreviewRow;
import io.espalier.domain.data.DataLayout;
import io.espalier.orchestrator.dataset.DatasetVersion;
import io.espalier.web.download.SampleImage;
import io.espalier.web.element.Cell;
import io.espalier.web.element.Table;
import io.espalier.web.element.Words;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Some samples of each class, as a person would look at them. */
final class PreviewPanel extends Section {

  private static final int MOST = 24;

  PreviewPanel(DatasetVersion version, Supplier<Path> archive) {
    addClassName("card");
    var rows = version.report().preview();
    var shown = rows.subList(0, Math.min(MOST, rows.size()));
    add(new H2("Preview"));
    add(
        switch (version.layout()) {
          case DataLayout.ImageFolder() -> images(shown, archive);
          case DataLayout.TextTable table -> texts(shown, table.secondText() != null);
          case DataLayout.TaggedTokens _ -> texts(shown, false);
        });
  }

  private static Component images(List<PreviewRow> rows, Supplier<Path> archive) {
    var tiles = new Div();
    tiles.addClassName("samples");
    for (var row : rows) {
      var label = new Span(row.label());
      label.addClassName("row-title");
      var tile =
          new Div(
              new Image(SampleImage.of(archive, row.name()), row.label()),
              label,
              Cell.quiet(Words.lower(row.split())));
      tile.addClassName("sample");
      tile.setTitle(row.name());
      tiles.add(tile);
    }
    return tiles;
  }

  private static Component texts(List<PreviewRow> rows, boolean pairs) {
    var table =
        pairs
            ? new Table("Preview", "Label", "Text", "Second text", "Split", "Where")
            : new Table("Preview", "Label", "Text", "Split", "Where");
    for (var row : rows) {
      var where = new Span(row.name());
      where.addClassName("file");
      var split = Cell.quiet(Words.lower(row.split()));
      if (pairs) {
        table.row(Cell.tag(row.label()), text(row.text()), text(row.secondText()), split, where);
      } else {
        table.row(Cell.tag(row.label()), text(row.text()), split, where);
      }
    }
    return table;
  }

  private static Component text(@Nullable String text) {
    var cell = new Span(text == null ? "" : text);
    cell.addClassName("sample-text");
    return cell;
  }
}
