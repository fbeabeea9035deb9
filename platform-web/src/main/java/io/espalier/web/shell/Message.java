package io.espalier.web.shell;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Span;
import io.espalier.domain.problem.Problem;

/** A box that tells what is wrong and what to do about it; also for forms. */
public final class Message extends Div {

  public Message(String title, String text, String wayOut) {
    addClassName("message");
    getElement().setAttribute("role", "alert");
    add(new H2(title), new Paragraph(text), new Paragraph(wayOut));
  }

  /** Thing, value and limit as far as there are any. */
  public static Message of(Problem problem) {
    var message = new Message(problem.message(), "", problem.wayOut());
    var facts = (Paragraph) message.getComponentAt(1);
    facts.addClassName("facts");
    facts.add(new Span(problem.thing()));
    if (problem.value() != null) facts.add(new Span("Found: " + problem.value()));
    if (problem.limit() != null) facts.add(new Span("Allowed: " + problem.limit()));
    return message;
  }
}
