package io.espalier.web.home.ui;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import io.espalier.orchestrator.account.Teams;
import io.espalier.orchestrator.agent.Cluster;
import io.espalier.orchestrator.budget.Budgets;
import io.espalier.orchestrator.change.Changes;
import io.espalier.orchestrator.change.Subscription;
import io.espalier.orchestrator.dataset.Datasets;
import io.espalier.orchestrator.job.Jobs;
import io.espalier.web.element.LinkButton;
import io.espalier.web.live.Live;
import io.espalier.web.security.CurrentUser;
import jakarta.annotation.security.PermitAll;
import java.time.Duration;

/** What needs me, my budgets, what runs, what came out, and the cluster. */
@Route("")
@PageTitle("Home · Espalier")
@PermitAll
final class HomeView extends Div {

  private static final Duration DISTANCE = Duration.ofSeconds(2);

  private final CurrentUser user;
  private final HomeSource source;
  private final Div board = new Div();

  HomeView(
      CurrentUser user,
      Teams teams,
      Budgets budgets,
      Jobs jobs,
      Datasets datasets,
      Cluster cluster,
      Changes changes) {
    this.user = user;
    this.source = new HomeSource(teams, budgets, jobs, datasets, cluster);
    addClassName("page");
    var header =
        new Div(
            new H1("Hello, " + user.principal().name()),
            LinkButton.primary("new", "New fine-tune"));
    header.addClassName("page-header");
    board.addClassName("board");
    add(header, board);
    show();
    Live.keep(this, wake -> both(changes, wake), DISTANCE, this::show);
  }

  /** Agents that come and go free work to be planned. */
  private static Subscription both(Changes changes, Runnable wake) {
    var jobs = changes.onAnyJob(_ -> wake.run());
    var work = changes.onWork(wake);
    return () -> {
      jobs.close();
      work.close();
    };
  }

  private static Div cards(Home home) {
    var cards = new Div();
    cards.addClassNames("cards", "wide-cards");
    for (var funded : home.teams()) cards.add(new BudgetCard(funded));
    cards.add(new ClusterCard(home.agents()));
    return cards;
  }

  private void show() {
    var home = source.read(user.principal());
    board.removeAll();
    board.add(new NeedsMe(home, source, user, this::show), cards(home), new JobCards(home));
  }
}
