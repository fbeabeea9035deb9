package io.espalier.orchestrator.account;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.UUID;

/** Reads what a user may do at this moment, with whatever else a statement asks of the user. */
final class Principals {

  /** Of {@link #USER}. */
  static final String COLUMNS =
      """
      u.id as user_id, u.login, u.display_name,
      u.platform_admin and not u.password_is_initial as administers, m.team_id, m.role
      """;

  /**
   * A user {@code u}: a row for each team, or one without a team. Who has not chosen a password yet
   * is in no team and administers nothing.
   */
  static final String USER =
      """
      app_user u left join member m on m.user_id = u.id and not u.password_is_initial
      """;

  /** From the current row to the last, which are all of one user. */
  static Principal read(ResultSet rows) throws SQLException {
    var user = rows.getObject("user_id", UUID.class);
    var login = rows.getString("login");
    var name = rows.getString("display_name");
    boolean administers = rows.getBoolean("administers");
    var teams = new HashMap<UUID, Role>();
    do {
      var team = rows.getObject("team_id", UUID.class);
      if (team != null) teams.put(team, Role.valueOf(rows.getString("role")));
    } while (rows.next());
    return new Principal(user, login, name, administers, teams);
  }

  private Principals() {}
}
