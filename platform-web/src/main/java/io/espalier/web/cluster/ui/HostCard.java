package io.espalier.web.cluster.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.ListItem;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.html.UnorderedList;
import io.espalier.orchestrator.agent.Host;
import io.espalier.orchestrator.agent.Whose;
import io.espalier.web.element.Cell;
import io.espalier.web.element.Words;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One host: a tile for each slot, and a line for each that is busy. */
final class HostCard extends Section {

  HostCard(Host host, @Nullable Component action) {
    addClassName("card");
    getElement().setAttribute("data-live", Boolean.toString(host.live()));
    var state = Cell.tag(state(host));
    state.getElement().setAttribute("data-state", state(host));
    var name = new Div(new H2(host.name()), state);
    name.addClassName("title");
    var header = new Div(name);
    header.addClassName("card-header");
    if (action != null) header.add(action);
    add(header, facts(host));
    if (host.slots().isEmpty()) {
      add(Cell.quiet("It has not said hello yet, so its slots are not known."));
      return;
    }
    var tiles = new Div();
    tiles.addClassName("tiles");
    var busy = new UnorderedList();
    busy.addClassName("plain");
    for (var slot : host.slots()) {
      tiles.add(tile(slot));
      if (slot.work() != null) busy.add(line(slot, slot.work()));
    }
    add(tiles);
    if (busy.getComponentCount() > 0) add(busy);
  }

  private static String state(Host host) {
    if (!host.live()) return host.lastSeenAt() == null ? "never heard" : "silent";
    return host.draining() ? "draining" : "connected";
  }

  private static Component facts(Host host) {
    var facts = new Div();
    facts.addClassNames("facts", "secondary");
    facts.add(
        host.lastSeenAt() == null
            ? new Span("joined " + Words.ago(host.enrolledAt(), Instant.now()))
            : new Span("heard " + Words.ago(host.lastSeenAt(), Instant.now())));
    if (!host.labels().isEmpty()) facts.add(new Span(String.join(", ", host.labels())));
    var about = host.facts();
    if (about != null) {
      facts.add(
          new Span("version " + about.agentVersion()),
          new Span(Words.count(about.cores(), "core", "cores")),
          new Span(Words.bytes(about.memoryBytes()) + " memory"),
          new Span(Words.bytes(about.freeDiskBytes()) + " free on disk"));
    }
    return facts;
  }

  private static Component tile(Host.Slot slot) {
    var tile = new Div();
    var work = slot.work();
    if (work != null) {
      tile.addClassName("busy");
      var team = work.whose().knownTeam();
      if (team != null) TeamColour.on(tile, team);
    } else {
      tile.addClassName(slot.isUsable() ? "idle" : "off");
    }
    tile.getElement().setAttribute("role", "img");
    var text = "%s: %s".formatted(device(slot), use(slot));
    tile.getElement().setAttribute("aria-label", text);
    tile.setTitle(text);
    return tile;
  }

  private static String device(Host.Slot slot) {
    return "slot %d, %s with %s"
        .formatted(slot.index(), slot.pool(), Words.bytes(slot.memoryBytes()));
  }

  private static String use(Host.Slot slot) {
    if (slot.work() != null) return owner(slot.work().whose());
    if (!slot.present()) return "no longer reported by its host";
    if (slot.quarantine() != null) return "in quarantine: " + slot.quarantine();
    return slot.enabled() ? "free" : "disabled";
  }

  private static String owner(Whose whose) {
    return switch (whose) {
      case Whose.Mine mine -> "%s of %s".formatted(mine.jobName(), mine.teamName());
      case Whose.OfTeam(_, String team) -> "a job of " + team;
      case Whose.Somebodys() -> "a job of another team";
    };
  }

  private static ListItem line(Host.Slot slot, Host.Work work) {
    var what = new Span("Slot %d · ".formatted(slot.index()));
    var doing = Cell.quiet(" · %s since ".formatted(Words.lower(work.task())));
    doing.add(Cell.age(work.since()));
    return new ListItem(what, Owner.of(work.whose()), doing);
  }
}
