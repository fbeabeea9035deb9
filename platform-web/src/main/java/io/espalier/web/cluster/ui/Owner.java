package io.espalier.web.cluster.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Span;
import io.espalier.orchestrator.agent.Whose;
import io.espalier.web.element.Cell;

/** Whose a piece of work is, as a link where there is something to look at. */
final class Owner {

  static Component of(Whose whose) {
    return switch (whose) {
      case Whose.Mine mine ->
          new Span(
              new Anchor("jobs/" + mine.job(), mine.jobName()), Cell.quiet(" " + mine.teamName()));
      case Whose.OfTeam(_, String team) -> new Span("a job of " + team);
      case Whose.Somebodys() -> new Span("a job of another team");
    };
  }

  private Owner() {}
}
