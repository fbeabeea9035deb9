package io.espalier.web.element;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.NativeTable;
import com.vaadin.flow.component.html.NativeTableRow;
import com.vaadin.flow.component.html.Span;

/** A table that is read rather than worked with; on a narrow screen it scrolls in its own box. */
public final class Table extends Div {

  private final NativeTable table = new NativeTable();

  /** The caption is for those who do not see what the table stands under. */
  public Table(String caption, String... columns) {
    addClassName("table-box");
    table.addClassName("table");
    table.setCaptionText(caption);
    var head = new NativeTableRow();
    for (var column : columns) {
      var cell = head.addHeaderCell();
      cell.setText(column);
      cell.getElement().setAttribute("scope", "col");
    }
    table.getHead().add(head);
    table.addBody();
    add(table);
  }

  public NativeTableRow row(Component... cells) {
    var row = new NativeTableRow();
    for (var cell : cells) row.addDataCell().add(cell);
    table.getBody().add(row);
    return row;
  }

  public static Span number(String text) {
    var number = new Span(text);
    number.addClassName("number");
    return number;
  }
}
