package io.espalier.web.teams.ui;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.ListItem;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.html.UnorderedList;
import com.vaadin.flow.component.textfield.IntegerField;
import io.espalier.orchestrator.account.TeamView;
import io.espalier.orchestrator.schedule.Quotas;
import io.espalier.orchestrator.schedule.TeamQuota;
import io.espalier.web.element.Words;
import io.espalier.web.security.CurrentUser;
import io.espalier.web.shell.FormDialog;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the team may have of each pool; platform admins set it. */
final class QuotaPanel extends Section {

  private final TeamView team;
  private final Quotas quotas;
  private final CurrentUser user;

  QuotaPanel(TeamView team, Quotas quotas, CurrentUser user) {
    this.team = team;
    this.quotas = quotas;
    this.user = user;
    addClassName("card");
    show();
  }

  private void show() {
    removeAll();
    var list = new UnorderedList();
    list.addClassName("plain");
    quotas.list(user.principal()).stream()
        .filter(quota -> quota.team().equals(team.id()))
        .forEach(quota -> list.add(line(quota)));
    setVisible(list.getComponentCount() > 0);
    add(new H2("Share of the cluster"), list);
  }

  private ListItem line(TeamQuota quota) {
    var ceiling =
        quota.ceiling() == null
            ? "as many as are free"
            : "at most " + Words.count(quota.ceiling(), "slot", "slots");
    var line =
        new ListItem(
            new Span(
                "%s: %s guaranteed, %s, weight %d; has %d now "
                    .formatted(
                        quota.pool(),
                        Words.count(quota.guarantee()),
                        ceiling,
                        quota.weight(),
                        quota.held())));
    if (user.principal().platformAdmin()) {
      var set = new Button("Change share of " + quota.pool(), _ -> open(quota));
      set.addThemeVariants(ButtonVariant.TERTIARY);
      line.add(set);
    }
    return line;
  }

  private void open(TeamQuota quota) {
    var weight = number("Weight", quota.weight());
    weight.setHelperText("Share of what the guarantees leave, relative to other teams");
    var guarantee = number("Guarantee", quota.guarantee());
    guarantee.setHelperText("Slots that are its own whenever it wants them");
    var ceiling = number("Ceiling", quota.ceiling());
    ceiling.setHelperText("Empty for no limit");
    new FormDialog(
            "Share of " + quota.pool(),
            "Save",
            () -> {
              quotas.set(
                  user.principal(),
                  team.id(),
                  quota.pool(),
                  Objects.requireNonNullElse(weight.getValue(), 1),
                  Objects.requireNonNullElse(guarantee.getValue(), 0),
                  ceiling.getValue());
              show();
            },
            weight,
            guarantee,
            ceiling)
        .open();
  }

  private static IntegerField number(String label, @Nullable Integer value) {
    var field = new IntegerField(label);
    field.setValue(value);
    field.setMin(0);
    field.setWidthFull();
    return field;
  }
}
