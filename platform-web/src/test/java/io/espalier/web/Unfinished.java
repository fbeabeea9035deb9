package io.espalier.web;

import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.account.Role;
import io.espalier.orchestrator.database.Transactions;
import io.espalier.orchestrator.job.Jobs;
import java.util.Map;
import java.util.UUID;
import org.springframework.context.ApplicationContext;

/** Jobs that other tests left on the shared platform. */
public final class Unfinished {

  private record Job(UUID id, UUID team) {}

  private Unfinished() {}

  /** Cancels all of them, so that the next free slot goes to the next job. */
  public static void cancelAll(ApplicationContext platform) {
    var admin = Admin.principal(platform);
    var unfinished =
        platform
            .getBean(Transactions.class)
            .asPlanner(jdbc ->
                jdbc.sql(
                        """
                        select id, team_id from job
                        where state not in ('SUCCEEDED', 'FAILED', 'CANCELLED')
                        """)
                    .query((row, _) ->
                        new Job(
                            row.getObject("id", UUID.class), row.getObject("team_id", UUID.class)))
                    .list());
    for (var job : unfinished) {
      var owner =
          new Principal(
              admin.userId(), admin.login(), admin.name(), true, Map.of(job.team(), Role.OWNER));
      platform.getBean(Jobs.class).cancel(owner, job.id());
    }
  }
}
