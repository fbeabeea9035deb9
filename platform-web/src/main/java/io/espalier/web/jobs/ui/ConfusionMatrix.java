package io.espalier.web.jobs.ui;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.NativeTable;
import com.vaadin.flow.component.html.NativeTableRow;
import com.vaadin.flow.component.html.Span;
import io.espalier.domain.wire.TrainerEvent.Evaluated;
import java.util.Locale;

/** Rows are what the samples are, columns what they were taken for; darker is more of the row. */
final class ConfusionMatrix extends Div {

  ConfusionMatrix(Evaluated result) {
    addClassNames("table-box", "confusion-box");
    var table = new NativeTable();
    table.addClassName("confusion");
    table.setCaptionText("Rows: true class. Columns: predicted class.");
    var head = new NativeTableRow();
    head.addHeaderCell();
    for (var name : result.classes()) {
      var cell = head.addHeaderCell();
      cell.getElement().setAttribute("scope", "col");
      cell.add(new Span(name));
    }
    table.getHead().add(head);
    var body = table.addBody();
    for (int row = 0; row < result.confusion().size(); row++) body.add(row(result, row));
    add(table);
  }

  private static NativeTableRow row(Evaluated result, int index) {
    var row = new NativeTableRow();
    var name = row.addHeaderCell();
    name.setText(result.classes().get(index));
    name.getElement().setAttribute("scope", "row");
    var counts = result.confusion().get(index);
    double total = Math.max(1, counts.stream().mapToInt(n -> n).sum());
    for (int column = 0; column < counts.size(); column++) {
      int count = counts.get(column);
      var cell = row.addDataCell();
      cell.setText(count == 0 ? "" : Integer.toString(count));
      cell.addClassName(column == index ? "hit" : "miss");
      cell.setTitle(
          "%d of %s taken for %s"
              .formatted(count, result.classes().get(index), result.classes().get(column)));
      cell.getStyle().set("--share", String.format(Locale.ROOT, "%.3f", count / total));
    }
    return row;
  }
}
