package io.espalier.web.home.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import io.espalier.orchestrator.agent.AgentSummary;
import io.espalier.web.element.Words;
import java.util.List;

/** Every agent with its slots, a tile for each. */
final class ClusterCard extends Section {

  private static final int MOST_TILES = 16;

  ClusterCard(List<AgentSummary> agents) {
    addClassName("card");
    int slots = agents.stream().filter(AgentSummary::live).mapToInt(AgentSummary::slots).sum();
    int busy = agents.stream().filter(AgentSummary::live).mapToInt(AgentSummary::busy).sum();
    var summary =
        new Span(
            agents.isEmpty()
                ? "No agent has joined yet."
                : "%s, %d of %s busy"
                    .formatted(
                        Words.count(agents.size(), "agent", "agents"),
                        busy,
                        Words.count(slots, "slot", "slots")));
    summary.addClassName("secondary");
    var header = new Div(new H2("Cluster"), summary);
    header.addClassName("card-header");
    add(header);
    var strip = new Div();
    strip.addClassName("cluster");
    for (var agent : agents) strip.add(host(agent));
    if (!agents.isEmpty()) add(strip);
  }

  private static Component host(AgentSummary agent) {
    var name = new Span(agent.name());
    name.addClassName("row-title");
    var about = new Span("%s · %s".formatted(String.join(", ", agent.pools()), state(agent)));
    about.addClassName("secondary");
    var tiles = new Div();
    tiles.addClassName("tiles");
    tiles.getElement().setAttribute("role", "img");
    tiles
        .getElement()
        .setAttribute(
            "aria-label",
            "%d of %s busy".formatted(agent.busy(), Words.count(agent.slots(), "slot", "slots")));
    for (int slot = 0; slot < Math.min(agent.slots(), MOST_TILES); slot++) {
      var tile = new Div();
      tile.addClassName(slot < agent.busy() ? "busy" : "idle");
      tiles.add(tile);
    }
    var host = new Div(name, about, tiles);
    host.addClassName("host");
    host.getElement().setAttribute("data-live", Boolean.toString(agent.live()));
    return host;
  }

  private static String state(AgentSummary agent) {
    if (!agent.live()) return "silent";
    return agent.draining() ? "draining" : "connected";
  }
}
