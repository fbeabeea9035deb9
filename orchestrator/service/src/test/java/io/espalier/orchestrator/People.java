package io.espalier.orchestrator;

import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.account.Role;
import io.espalier.orchestrator.audit.Audit;
import io.espalier.orchestrator.database.TestDatabase;
import java.util.Map;
import java.util.UUID;

/** Two teams, red and blue: ann is the platform's admin and owns both, bob is of blue only. */
public final class People {

  public final Audit audit;
  public final UUID red = UUID.randomUUID();
  public final UUID blue = UUID.randomUUID();

  private final Principal ann =
      new Principal(
          UUID.randomUUID(), "ann", "Ann", true, Map.of(red, Role.OWNER, blue, Role.OWNER));
  private final Principal bob =
      new Principal(UUID.randomUUID(), "bob", "Bob", false, Map.of(blue, Role.MEMBER));

  /** Straight into the tables: hashing passwords would cost a second for each test. */
  public People(TestDatabase database) {
    audit = new Audit(database.transactions());
    var jdbc = database.superuser();
    for (var team : Map.of(red, "Red", blue, "Blue").entrySet()) {
      jdbc.sql("insert into team (id, name) values (?, ?)")
          .params(team.getKey(), team.getValue())
          .update();
    }
    for (var person : new Principal[] {ann, bob}) {
      jdbc.sql(
              """
              insert into app_user (id, login, display_name, password_hash, platform_admin)
              values (?, ?, ?, 'none', ?)
              """)
          .params(person.userId(), person.login(), person.name(), person.platformAdmin())
          .update();
      person
          .teams()
          .forEach((team, role) ->
              jdbc.sql("insert into member (team_id, user_id, role) values (?, ?, ?)")
                  .params(team, person.userId(), role.name())
                  .update());
    }
  }

  public Principal ann() {
    return ann;
  }

  public Principal bob() {
    return bob;
  }
}
