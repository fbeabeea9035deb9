package io.espalier.orchestrator.job;

import io.espalier.domain.wire.NamedBlob;
import io.espalier.orchestrator.database.ColumnArrays;
import io.espalier.orchestrator.database.Json;
import io.espalier.orchestrator.lease.LeaseChanges;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What becomes of locked work in one transaction: it is decided piece by piece, and stored with one
 * statement for all rows of a table.
 */
public final class WorkChanges {

  private record Artifacts(JobRow job, ArtifactKind kind, List<NamedBlob> files) {}

  private record Quarantine(UUID lease, UUID job) {}

  public final LeaseChanges leases;
  final Grounds grounds;
  final JobChanges jobs = new JobChanges();
  final TaskChanges tasks = new TaskChanges();
  private final List<Artifacts> artifacts = new ArrayList<>();
  private final List<Quarantine> quarantines = new ArrayList<>();

  public WorkChanges(LeaseChanges leases, Grounds grounds) {
    this.leases = leases;
    this.grounds = grounds;
  }

  void list(JobRow job, ArtifactKind kind, List<NamedBlob> files) {
    artifacts.add(new Artifacts(job, kind, files));
  }

  /** Nothing is granted on slots whose hardware failed until an admin has looked at them. */
  void quarantine(Work work) {
    quarantines.add(new Quarantine(work.lease().id(), work.job().id()));
  }

  public void write(JdbcClient jdbc) {
    tasks.write(jdbc);
    jobs.write(jdbc);
    writeArtifacts(jdbc);
    leases.write(jdbc);
    writeQuarantines(jdbc);
  }

  private void writeArtifacts(JdbcClient jdbc) {
    if (artifacts.isEmpty()) return;
    jdbc.sql(
            """
            insert into artifact (team_id, job_id, kind, files)
            select team, job, kind, files::jsonb
            from unnest(:teams::uuid[], :jobs::uuid[], :kinds::text[], :files::text[])
              as n (team, job, kind, files)
            """)
        .param("teams", ColumnArrays.uuids(artifacts, one -> one.job().team()))
        .param("jobs", ColumnArrays.uuids(artifacts, one -> one.job().id()))
        .param("kinds", ColumnArrays.texts(artifacts, one -> one.kind().name()))
        .param("files", ColumnArrays.texts(artifacts, one -> Json.write(one.files())))
        .update();
    artifacts.clear();
  }

  private void writeQuarantines(JdbcClient jdbc) {
    if (quarantines.isEmpty()) return;
    jdbc.sql(
            """
            update slot s
            set quarantined_at = now(), quarantine_reason = 'hardware error under job ' || n.job
            from unnest(:leases::uuid[], :jobs::uuid[]) as n (lease, job)
            join lease_slot l on l.lease_id = n.lease
            where l.slot_id = s.id and s.quarantined_at is null
            """)
        .param("leases", ColumnArrays.uuids(quarantines, Quarantine::lease))
        .param("jobs", ColumnArrays.uuids(quarantines, Quarantine::job))
        .update();
    quarantines.clear();
  }
}
