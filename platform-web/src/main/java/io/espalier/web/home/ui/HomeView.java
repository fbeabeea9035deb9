package io.espalier.web.home.ui;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import io.espalier.orchestrator.account.Teams;
import io.espalier.web.security.CurrentUser;
import jakarta.annotation.security.PermitAll;

@Route("")
@PageTitle("Home · Espalier")
@PermitAll
final class HomeView extends Div {

  HomeView(CurrentUser user, Teams teams) {
    addClassName("page");
    var who = user.principal();
    add(new H1("Hello, " + who.name()));
    var mine = teams.of(who);
    if (mine.isEmpty()) {
      add(new Paragraph("You are in no team yet. A platform admin can add you to one."));
    }
    for (var team : mine) add(new Paragraph(team.name()));
  }
}
