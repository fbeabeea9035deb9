package io.espalier.web.home.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import io.espalier.orchestrator.agent.Host;
import io.espalier.web.element.Words;
import java.util.List;
import java.util.stream.Collectors;

/** Every agent with its slots, a tile for each. */
final class ClusterCard extends Section {

  private static final int MOST_TILES = 16;

  ClusterCard(List<Host> agents) {
    addClassName("card");
    int slots =
        agents.stream().filter(Host::live).mapToInt(host -> host.usableSlots().size()).sum();
    int busy = agents.stream().filter(Host::live).mapToInt(Host::busySlots).sum();
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

  private static Component host(Host agent) {
    int slots = agent.usableSlots().size();
    int busy = agent.busySlots();
    var name = new Span(agent.name());
    name.addClassName("row-title");
    var about = new Span("%s · %s".formatted(pools(agent), state(agent)));
    about.addClassName("secondary");
    var tiles = new Div();
    tiles.addClassName("tiles");
    tiles.getElement().setAttribute("role", "img");
    tiles
        .getElement()
        .setAttribute(
            "aria-label", "%d of %s busy".formatted(busy, Words.count(slots, "slot", "slots")));
    for (int slot = 0; slot < Math.min(slots, MOST_TILES); slot++) {
      var tile = new Div();
      tile.addClassName(slot < busy ? "busy" : "idle");
      tiles.add(tile);
    }
    var host = new Div(name, about, tiles);
    host.addClassName("host");
    host.getElement().setAttribute("data-live", Boolean.toString(agent.live()));
    return host;
  }

  /** Of the slots that can be given work, each once. */
  private static String pools(Host agent) {
    return agent.usableSlots().stream()
        .map(Host.Slot::pool)
        .distinct()
        .sorted()
        .collect(Collectors.joining(", "));
  }

  private static String state(Host agent) {
    if (!agent.live()) return "silent";
    return agent.draining() ? "draining" : "connected";
  }
}
