package io.espalier.web.element;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;
import java.time.Instant;

/** What stands in a row of a list: a line, and often a quieter one beneath. */
public final class Cell extends Div {

  public Cell(Component... lines) {
    super(lines);
    addClassName("two-lines");
  }

  public static Cell of(String title, String about) {
    var name = new Span(title);
    name.addClassName("row-title");
    return new Cell(name, quiet(about));
  }

  /** A row that leads to a page of its own. */
  public static Cell link(String path, String title, String about) {
    var name = new Anchor(path, title);
    name.addClassName("row-title");
    return new Cell(name, quiet(about));
  }

  /** How long ago; the exact time as its title. */
  public static Span age(Instant at) {
    var age = new Span(Words.ago(at, Instant.now()));
    age.setTitle(at.toString());
    return age;
  }

  public static Span quiet(String text) {
    var quiet = new Span(text);
    quiet.addClassName("secondary");
    return quiet;
  }

  public static Span tag(String text) {
    var tag = new Span(text);
    tag.addClassName("tag");
    return tag;
  }
}
