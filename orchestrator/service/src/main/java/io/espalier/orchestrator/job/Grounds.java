package io.espalier.orchestrator.job;

import static io.espalier.orchestrator.database.Columns.uuid;

import io.espalier.domain.budget.Rate;
import io.espalier.domain.selection.DataProfile;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.orchestrator.budget.Rates;
import io.espalier.orchestrator.database.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What decides, besides its accounts, what follows the end of a task: of many, read with a few
 * statements, and before the accounts are locked, for which others wait.
 */
public final class Grounds {

  /** Of runs that were lost: nothing that a trainer has said counts. */
  static final Grounds NONE = new Grounds(Map.of(), Map.of(), Map.of());

  private final Map<UUID, JobFacts> facts;
  private final Map<UUID, DataProfile> profiles;
  private final Map<String, Rate> rates;

  private Grounds(
      Map<UUID, JobFacts> facts, Map<UUID, DataProfile> profiles, Map<String, Rate> rates) {
    this.facts = facts;
    this.profiles = profiles;
    this.rates = rates;
  }

  /** {@code last}: the last of what the trainers of locked work have said. */
  public static Grounds read(JdbcClient jdbc, Map<Work, TrainerEvent> last) {
    var profiled = jobs(last, TrainerEvent.Profiled.class);
    var trained = jobs(last, TrainerEvent.Trained.class);
    return new Grounds(
        profiled.isEmpty() ? Map.of() : JobFacts.read(jdbc, profiled),
        trained.isEmpty() ? Map.of() : profiles(jdbc, trained),
        profiled.isEmpty() ? Map.of() : Rates.current(jdbc));
  }

  private static List<UUID> jobs(Map<Work, TrainerEvent> last, Class<? extends TrainerEvent> word) {
    return last.entrySet().stream()
        .filter(said -> word.isInstance(said.getValue()))
        .map(said -> said.getKey().job().id())
        .toList();
  }

  private static Map<UUID, DataProfile> profiles(JdbcClient jdbc, List<UUID> jobs) {
    var profiles = new HashMap<UUID, DataProfile>();
    // There is none where a trainer has answered another question than was asked.
    jdbc.sql("select id, profile from job where id = any(:jobs) and profile is not null")
        .param("jobs", jobs.toArray(UUID[]::new))
        .query(row -> {
          profiles.put(uuid(row, "id"), Json.read(row.getString("profile"), DataProfile.class));
        });
    return profiles;
  }

  JobFacts facts(JobRow job) {
    return known(facts.get(job.id()), job);
  }

  DataProfile profile(JobRow job) {
    return known(profiles.get(job.id()), job);
  }

  /** What a lease of a pool costs that is granted now. */
  Rate rate(@Nullable String pool) {
    return rates.getOrDefault(String.valueOf(pool), Rate.FREE);
  }

  private static <T> T known(@Nullable T found, JobRow job) {
    if (found == null) throw new IllegalStateException("Nothing was read of job " + job.id());
    return found;
  }
}
