package io.espalier.web.cluster.ui;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.confirmdialog.ConfirmDialog;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H1;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Paragraph;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import com.vaadin.flow.server.VaadinServletRequest;
import io.espalier.domain.schedule.WaitingReason;
import io.espalier.orchestrator.agent.Agents;
import io.espalier.orchestrator.agent.Cluster;
import io.espalier.orchestrator.agent.Host;
import io.espalier.orchestrator.agent.Waiting;
import io.espalier.orchestrator.change.Changes;
import io.espalier.orchestrator.page.PageRequest;
import io.espalier.orchestrator.schedule.Maintenances;
import io.espalier.orchestrator.schedule.SlotCare;
import io.espalier.web.agent.Joining;
import io.espalier.web.element.Cell;
import io.espalier.web.element.EmptyState;
import io.espalier.web.element.Figure;
import io.espalier.web.element.Narrow;
import io.espalier.web.element.ShownOnce;
import io.espalier.web.element.Words;
import io.espalier.web.live.CursorGrid;
import io.espalier.web.live.Live;
import io.espalier.web.security.CurrentUser;
import jakarta.annotation.security.PermitAll;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Every host with its slots, and the queue. All see it; platform admins act. */
@Route("cluster")
@PageTitle("Cluster · Espalier")
@PermitAll
final class ClusterView extends Div {

  private static final Duration DISTANCE = Duration.ofSeconds(2);

  /** Silence is no event: it is seen by looking. */
  private static final Duration LOOK = Duration.ofSeconds(15);

  private final CurrentUser user;
  private final Cluster cluster;
  private final Agents agents;
  private final Joining joining;
  private final SlotCare slots;
  private final MaintenancePanel maintenance;
  private final Div hosts = new Div();
  private final Section queue = new Section();
  private final CursorGrid<Waiting> waiting = new CursorGrid<>("Queue");

  ClusterView(
      CurrentUser user,
      Cluster cluster,
      Agents agents,
      Joining joining,
      SlotCare slots,
      Maintenances maintenances,
      Changes changes) {
    this.user = user;
    this.cluster = cluster;
    this.agents = agents;
    this.joining = joining;
    this.slots = slots;
    this.maintenance = new MaintenancePanel(maintenances, user);
    addClassName("page");
    var header = new Div(new H1("Cluster"));
    header.addClassName("page-header");
    if (user.principal().platformAdmin()) {
      header.add(maintenance.planning(cluster.hosts(user.principal())), addAgent());
    }
    hosts.addClassName("board");
    queue.addClassName("card");
    defineQueue();
    add(header, hosts, maintenance, queue);
    show();
    Live.keep(
        this,
        wake -> {
          var jobs = changes.onAnyJob(_ -> wake.run());
          var work = changes.onWork(wake);
          var clock = Live.every(LOOK).apply(wake);
          return () -> {
            jobs.close();
            work.close();
            clock.close();
          };
        },
        DISTANCE,
        this::show);
  }

  private void show() {
    var who = user.principal();
    var all = cluster.hosts(who);
    hosts.removeAll();
    if (all.isEmpty()) {
      hosts.add(
          new EmptyState(
              "No agent has joined yet",
              who.platformAdmin()
                  ? "Jobs run on agents. Add one with a command that is run on a GPU host."
                  : "Jobs run on agents, and until one joins they wait. A platform admin can add"
                      + " one."));
    } else {
      var cards = new Div();
      cards.addClassNames("cards", "wide-cards", "hosts");
      for (var host : all)
        cards.add(new HostCard(host, who.platformAdmin() ? actions(host) : null));
      hosts.add(figures(all), cards);
    }
    maintenance.show(all);
    boolean any = !cluster.queue(who, PageRequest.first(1)).items().isEmpty();
    queue.removeAll();
    queue.add(new H2("Queue"));
    queue.add(any ? waiting : Cell.quiet("Nothing waits for a slot."));
    if (any) waiting.refresh();
  }

  private static Component figures(List<Host> hosts) {
    var live = hosts.stream().filter(Host::live).toList();
    var slots = live.stream().flatMap(host -> host.slots().stream()).toList();
    long usable = slots.stream().filter(Host.Slot::isUsable).count();
    long busy = slots.stream().filter(slot -> slot.work() != null).count();
    var figures =
        new Div(
            new Figure("%d of %d".formatted(live.size(), hosts.size()), "agents connected"),
            new Figure("%d of %d".formatted(busy, usable), "slots busy"),
            new Figure(
                Long.toString(hosts.stream().filter(Host::draining).count()), "agents draining"));
    figures.addClassNames("card", "figures");
    return figures;
  }

  // ── What platform admins do ───────────────────────────────────────────────────────────────────

  private Component addAgent() {
    var button = new Button("Add an agent");
    button.addThemeVariants(ButtonVariant.PRIMARY);
    button.addClickListener(_ -> showJoinCommand());
    return button;
  }

  private void showJoinCommand() {
    var request = VaadinServletRequest.getCurrent().getHttpServletRequest();
    var command = joining.next(user.principal(), URI.create(request.getRequestURL().toString()));
    var hint = new Paragraph(command.hint() == null ? "" : command.hint());
    hint.addClassName("hint");
    hint.setVisible(command.hint() != null);
    ShownOnce.dialog(
            "Add an agent",
            "Run this on the GPU host, in a checkout of Espalier:",
            command.command(),
            "It enrols one agent within fifteen minutes, and is not shown again.",
            hint)
        .open();
  }

  private Component actions(Host host) {
    var care = new Button("Slots");
    care.addThemeVariants(ButtonVariant.TERTIARY);
    care.addClickListener(_ -> SlotsDialog.of(host, slots, user, this::show).open());
    return new Div(care, drain(host));
  }

  private Component drain(Host host) {
    if (host.draining()) {
      return new Button("Enable", _ -> setDraining(host, false));
    }
    var button = new Button("Drain");
    button.addThemeVariants(ButtonVariant.TERTIARY);
    button.addClickListener(_ -> {
      var question = new ConfirmDialog();
      question.setHeader("Drain " + host.name() + "?");
      question.setText(
          "It gets nothing new. What runs on it is saved and goes on elsewhere, so that the host"
              + " can be switched off.");
      question.setCancelable(true);
      question.setConfirmText("Drain");
      question.addConfirmListener(_ -> setDraining(host, true));
      question.open();
    });
    return button;
  }

  private void setDraining(Host host, boolean draining) {
    agents.drain(user.principal(), host.id(), draining);
    show();
  }

  // ── The queue ─────────────────────────────────────────────────────────────────────────────────

  private void defineQueue() {
    waiting
        .addComponentColumn(task -> Owner.of(task.whose()))
        .setHeader("Job")
        .setFlexGrow(2)
        .setWidth("9rem");
    waiting
        .addComponentColumn(task -> Cell.tag(Words.lower(task.kind())))
        .setKey("task")
        .setHeader("Task")
        .setFlexGrow(0)
        .setWidth("7rem");
    waiting
        .addComponentColumn(ClusterView::why)
        .setHeader("Why it waits")
        .setFlexGrow(3)
        .setWidth("11rem");
    waiting
        .addComponentColumn(task -> Cell.age(task.since()))
        .setKey("age")
        .setHeader("Since")
        .setFlexGrow(0)
        .setWidth("8rem");
    Narrow.hide(waiting, "task", "age");
    waiting.show(page -> cluster.queue(user.principal(), page), Waiting::task, new Span());
  }

  private static Component why(Waiting task) {
    var sentence = new Span(task.sentence() == null ? words(task.reason()) : task.sentence());
    return new Cell(sentence);
  }

  /** For those who may not know whose it is. */
  private static String words(@Nullable WaitingReason reason) {
    if (reason == null) return "It has just been queued.";
    return switch (reason) {
      case START_WINDOW -> "It may not start yet.";
      case BUDGET -> "The team's budget cannot pay for a start.";
      case CAP -> "The job's cap cannot pay for a start.";
      case CEILING -> "Its team has all the slots of the pool that it may have.";
      case PREEMPTING -> "Slots are being emptied for it.";
      case RESERVED -> "Free slots are kept for a task that needs several at once.";
      case FRAGMENTED -> "Enough slots are free, but not on one host.";
      case SLOTS_BUSY -> "All fitting slots are busy.";
      case BEHIND -> "All fitting slots are busy, and others of its team come first.";
      case MAINTENANCE -> "Hosts with fitting slots rest for maintenance.";
      case DRAINING -> "Agents with fitting slots are draining.";
      case DISABLED -> "Fitting slots are disabled.";
      case QUARANTINED -> "Hardware failed on fitting slots.";
      case AGENT_SILENT -> "Agents with fitting slots are silent.";
      case NO_FITTING_SLOT -> "No agent offers what it needs.";
    };
  }
}
