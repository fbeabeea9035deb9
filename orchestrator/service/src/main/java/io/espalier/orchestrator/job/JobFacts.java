package io.espalier.orchestrator.job;

import static io.espalier.orchestrator.database.Columns.constantOrNull;
import static io.espalier.orchestrator.database.Columns.gpuTime;
import static io.espalier.orchestrator.database.Columns.uuid;

import io.espalier.domain.data.DataLayout;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.selection.ModelFacts;
import io.espalier.domain.selection.Preflight;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.wire.Blob;
import io.espalier.orchestrator.database.Json;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What was asked for, with what is known of its model and its data before anything is measured. */
record JobFacts(
    UUID team,
    String name,
    UUID baseModel,
    @Nullable Protocol requested,
    GpuTime cap,
    long seed,
    Blob dataset,
    DataLayout layout,
    Inputs inputs) {

  /** A base model and a data set version. */
  record Inputs(ModelFacts model, int train, int validation, int test) {

    Preflight preflight(double flopsPerSecond, GpuTime cap) {
      return Preflight.estimate(model, train, validation, test, flopsPerSecond, cap);
    }
  }

  /** By job. */
  static Map<UUID, JobFacts> read(JdbcClient jdbc, Collection<UUID> jobs) {
    var facts = new HashMap<UUID, JobFacts>();
    jdbc.sql(
            """
            select j.id, j.team_id, j.name, j.base_model_id, j.requested_protocol, a.funded, j.seed,
                   v.sha256, v.layout, b.bytes, m.facts, v.train_samples, v.validation_samples, v.test_samples
            from job j
            join base_model m on m.id = j.base_model_id
            join dataset_version v on v.id = j.dataset_version_id
            join blob b on b.sha256 = v.sha256
            join budget_account a on a.job_id = j.id
            where j.id = any(:jobs)
            """)
        .param("jobs", jobs.toArray(UUID[]::new))
        .query(row -> {
          facts.put(
              uuid(row, "id"),
              new JobFacts(
                  uuid(row, "team_id"),
                  row.getString("name"),
                  uuid(row, "base_model_id"),
                  constantOrNull(row, "requested_protocol", Protocol.class),
                  gpuTime(row, "funded"),
                  row.getLong("seed"),
                  new Blob(row.getString("sha256"), row.getLong("bytes")),
                  Json.read(row.getString("layout"), DataLayout.class),
                  new Inputs(
                      Json.read(row.getString("facts"), ModelFacts.class),
                      row.getInt("train_samples"),
                      row.getInt("validation_samples"),
                      row.getInt("test_samples"))));
        });
    return facts;
  }
}
