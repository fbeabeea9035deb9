package io.espalier.orchestrator.job;

import io.espalier.domain.job.TaskKind;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.protocol.Training;
import io.espalier.domain.wire.Blob;
import io.espalier.domain.wire.NamedBlob;
import io.espalier.domain.wire.TaskSpec;
import io.espalier.orchestrator.database.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.core.type.TypeReference;

/** Derives what a trainer is told from the rows of its job. */
public final class TaskSpecs {

  /** Those whose steps cost differently; others are linear probes or compute what full does. */
  private static final List<Protocol> TIMED = List.of(Protocol.LORA, Protocol.FULL);

  private static final TypeReference<List<NamedBlob>> FILES = new TypeReference<>() {};

  /** What the task needs to know of its place. */
  private record Device(String pool, String name, int threads, long memoryBytes) {}

  public static TaskSpec of(JdbcClient jdbc, UUID jobId, UUID taskId, TaskKind kind, UUID slot) {
    var facts = JobFacts.read(jdbc, jobId);
    var device = device(jdbc, slot);
    var inputs = new ArrayList<NamedBlob>();
    inputs.add(new NamedBlob("dataset", facts.dataset()));
    inputs.addAll(modelFiles(jdbc, facts.baseModel()));
    var work =
        switch (kind) {
          case PROFILE -> profile(facts, device);
          case TRAIN -> {
            inputs.addAll(lastCheckpoint(jdbc, taskId));
            yield new TaskSpec.Train(
                training(jdbc, jobId), microBatch(jdbc, taskId), device.memoryBytes());
          }
          case EVALUATE -> {
            inputs.addAll(trainedWeights(jdbc, jobId));
            yield new TaskSpec.Evaluate(training(jdbc, jobId), facts.name());
          }
        };
    return new TaskSpec(
        jobId, taskId, device.name(), device.threads(), List.copyOf(inputs), facts.layout(), work);
  }

  private static TaskSpec.Profile profile(JobFacts facts, Device device) {
    var preflight = facts.inputs().preflight(PoolRate.of(device.pool()), facts.cap());
    return new TaskSpec.Profile(
        TIMED, preflight.batchSize(), facts.seed(), preflight.profileBudget().millis());
  }

  /** The host's cores are shared by its slots. */
  private static Device device(JdbcClient jdbc, UUID slot) {
    return jdbc.sql(
            """
            select s.pool, s.device, s.memory_bytes, (a.facts ->> 'cores')::int as cores,
                   (select count(*) from slot n where n.agent_id = a.id and n.present) as slots
            from slot s join agent a on a.id = s.agent_id where s.id = :slot
            """)
        .param("slot", slot)
        .query((row, _) -> {
          var device = row.getString("device");
          return new Device(
              row.getString("pool"),
              device == null ? "cpu" : device,
              Math.max(1, row.getInt("cores") / Math.max(1, row.getInt("slots"))),
              row.getLong("memory_bytes"));
        })
        .single();
  }

  private static Training training(JdbcClient jdbc, UUID job) {
    return Json.read(
        jdbc.sql("select training from job where id = :job")
            .param("job", job)
            .query(String.class)
            .single(),
        Training.class);
  }

  private static @Nullable Integer microBatch(JdbcClient jdbc, UUID task) {
    return jdbc.sql("select micro_batch from task where id = :task")
        .param("task", task)
        .query((row, _) -> Optional.ofNullable(row.getObject("micro_batch", Integer.class)))
        .single()
        .orElse(null);
  }

  private static List<NamedBlob> modelFiles(JdbcClient jdbc, UUID model) {
    return jdbc.sql(
            """
            select f.name, f.sha256, b.bytes from base_model_file f join blob b on b.sha256 = f.sha256
            where f.model_id = :model order by f.name
            """)
        .param("model", model)
        .query((row, _) ->
            new NamedBlob(
                "model/" + row.getString("name"),
                new Blob(row.getString("sha256"), row.getLong("bytes"))))
        .list();
  }

  private static List<NamedBlob> lastCheckpoint(JdbcClient jdbc, UUID task) {
    return jdbc.sql("select files from checkpoint where task_id = :task order by step desc limit 1")
        .param("task", task)
        .query(String.class)
        .optional()
        .map(files -> under("checkpoint/", Json.read(files, FILES)))
        .orElse(List.of());
  }

  private static List<NamedBlob> trainedWeights(JdbcClient jdbc, UUID job) {
    return under(
        "trained/",
        Json.read(
            jdbc.sql("select files from artifact where job_id = :job and kind = 'WEIGHTS'")
                .param("job", job)
                .query(String.class)
                .single(),
            FILES));
  }

  /** Puts files under another folder: what they have in common of their old one is dropped. */
  static List<NamedBlob> under(String folder, List<NamedBlob> files) {
    int common = files.stream().mapToInt(file -> file.name().lastIndexOf('/') + 1).min().orElse(0);
    var first = files.isEmpty() ? "" : files.getFirst().name();
    for (var file : files) {
      while (!file.name().startsWith(first.substring(0, common))) {
        common = first.lastIndexOf('/', common - 2) + 1;
      }
    }
    int dropped = common;
    return files.stream()
        .map(file -> new NamedBlob(folder + file.name().substring(dropped), file.blob()))
        .toList();
  }

  private TaskSpecs() {}
}
