package io.espalier.orchestrator.job;

import static io.espalier.orchestrator.database.Columns.uuid;

import io.espalier.domain.job.TaskKind;
import io.espalier.domain.protocol.Protocol;
import io.espalier.domain.protocol.Training;
import io.espalier.domain.wire.Blob;
import io.espalier.domain.wire.NamedBlob;
import io.espalier.domain.wire.TaskSpec;
import io.espalier.orchestrator.database.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.core.type.TypeReference;

/**
 * Derives what trainers are told from the rows of their jobs: a few statements, however many they
 * are.
 */
public final class TaskSpecs {

  /** A task, and the first of the slots that it gets. */
  public record Start(UUID job, UUID task, TaskKind kind, UUID slot) {}

  /** Those whose steps cost differently; others are linear probes or compute what full does. */
  private static final List<Protocol> TIMED = List.of(Protocol.LORA, Protocol.FULL);

  private static final TypeReference<List<NamedBlob>> FILES = new TypeReference<>() {};

  /** What the task needs to know of its place. */
  private record Device(String pool, String name, int threads, long memoryBytes) {}

  /** What was chosen for a job, and where its task stands. */
  private record Chosen(
      Training training,
      @Nullable Integer microBatch,
      List<NamedBlob> checkpoint,
      List<NamedBlob> weights) {}

  private final Map<UUID, JobFacts> facts;

  /** By slot. */
  private final Map<UUID, Device> devices;

  /** By base model. */
  private final Map<UUID, List<NamedBlob>> models;

  /** By task, of those that train and evaluate. */
  private final Map<UUID, Chosen> chosen;

  private TaskSpecs(JdbcClient jdbc, List<Start> starts) {
    facts = JobFacts.read(jdbc, starts.stream().map(Start::job).toList());
    devices = devices(jdbc, starts.stream().map(Start::slot).toList());
    models = models(jdbc, facts.values().stream().map(JobFacts::baseModel).distinct().toList());
    var later = starts.stream().filter(start -> start.kind() != TaskKind.PROFILE);
    chosen = chosen(jdbc, later.map(Start::task).toList());
  }

  /** By task. */
  public static Map<UUID, TaskSpec> of(JdbcClient jdbc, List<Start> starts) {
    var read = new TaskSpecs(jdbc, starts);
    var specs = new HashMap<UUID, TaskSpec>();
    for (var start : starts) specs.put(start.task(), read.spec(start));
    return specs;
  }

  private TaskSpec spec(Start start) {
    var job = known(facts, start.job());
    var device = known(devices, start.slot());
    var inputs = new ArrayList<NamedBlob>();
    inputs.add(new NamedBlob("dataset", job.dataset()));
    inputs.addAll(models.getOrDefault(job.baseModel(), List.of()));
    var work =
        switch (start.kind()) {
          case PROFILE -> profile(job, device);
          case TRAIN -> {
            var plan = known(chosen, start.task());
            inputs.addAll(under("checkpoint/", plan.checkpoint()));
            yield new TaskSpec.Train(
                plan.training(), plan.microBatch(), device.memoryBytes(), null);
          }
          case EVALUATE -> {
            var plan = known(chosen, start.task());
            inputs.addAll(under("trained/", plan.weights()));
            yield new TaskSpec.Evaluate(plan.training(), job.name());
          }
        };
    return new TaskSpec(
        start.job(),
        start.task(),
        device.name(),
        device.threads(),
        List.copyOf(inputs),
        job.layout(),
        work);
  }

  private static <T> T known(Map<UUID, T> rows, UUID id) {
    var row = rows.get(id);
    if (row == null) throw new IllegalStateException("There is nothing to start: " + id);
    return row;
  }

  private static TaskSpec.Profile profile(JobFacts facts, Device device) {
    var preflight = facts.inputs().preflight(PoolRate.of(device.pool()), facts.cap());
    return new TaskSpec.Profile(
        TIMED, preflight.batchSize(), facts.seed(), preflight.profileBudget().millis());
  }

  /** The host's cores are shared by its slots. */
  private static Map<UUID, Device> devices(JdbcClient jdbc, List<UUID> slots) {
    var devices = new HashMap<UUID, Device>();
    jdbc.sql(
            """
            select s.id, s.pool, s.device, s.memory_bytes, (a.facts ->> 'cores')::int as cores,
                   (select count(*) from slot n where n.agent_id = a.id and n.present) as slots
            from slot s join agent a on a.id = s.agent_id where s.id = any(:slots)
            """)
        .param("slots", slots.toArray(UUID[]::new))
        .query(row -> {
          var device = row.getString("device");
          devices.put(
              uuid(row, "id"),
              new Device(
                  row.getString("pool"),
                  device == null ? "cpu" : device,
                  Math.max(1, row.getInt("cores") / Math.max(1, row.getInt("slots"))),
                  row.getLong("memory_bytes")));
        });
    return devices;
  }

  private static Map<UUID, List<NamedBlob>> models(JdbcClient jdbc, List<UUID> models) {
    var files = new HashMap<UUID, List<NamedBlob>>();
    jdbc.sql(
            """
            select f.model_id, f.name, f.sha256, b.bytes
            from base_model_file f join blob b on b.sha256 = f.sha256
            where f.model_id = any(:models) order by f.model_id, f.name
            """)
        .param("models", models.toArray(UUID[]::new))
        .query(row -> {
          files
              .computeIfAbsent(uuid(row, "model_id"), _ -> new ArrayList<>())
              .add(
                  new NamedBlob(
                      "model/" + row.getString("name"),
                      new Blob(row.getString("sha256"), row.getLong("bytes"))));
        });
    return files;
  }

  private static Map<UUID, Chosen> chosen(JdbcClient jdbc, List<UUID> tasks) {
    var chosen = new HashMap<UUID, Chosen>();
    if (tasks.isEmpty()) return chosen;
    jdbc.sql(
            """
            select t.id, t.micro_batch, j.training, c.files as checkpoint, w.files as weights
            from task t
            join job j on j.id = t.job_id
            left join lateral (
              select files from checkpoint
              where task_id = t.id order by step desc limit 1) c on true
            left join artifact w on w.job_id = t.job_id and w.kind = 'WEIGHTS'
            where t.id = any(:tasks)
            """)
        .param("tasks", tasks.toArray(UUID[]::new))
        .query(row -> {
          chosen.put(
              uuid(row, "id"),
              new Chosen(
                  Json.read(row.getString("training"), Training.class),
                  row.getObject("micro_batch", Integer.class),
                  files(row.getString("checkpoint")),
                  files(row.getString("weights"))));
        });
    return chosen;
  }

  private static List<NamedBlob> files(@Nullable String json) {
    return json == null ? List.of() : Json.read(json, FILES);
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
}
