package io.espalier.orchestrator.job;

import static io.espalier.orchestrator.database.Columns.uuid;

import io.espalier.domain.budget.Amount;
import io.espalier.domain.budget.Posting;
import io.espalier.domain.budget.Rate;
import io.espalier.domain.selection.DataProfile;
import io.espalier.domain.wire.TrainerEvent;
import io.espalier.orchestrator.budget.Books;
import io.espalier.orchestrator.budget.Rates;
import io.espalier.orchestrator.database.Json;
import io.espalier.orchestrator.lease.Lease;
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

  private final Map<UUID, JobFacts> facts;
  private final Map<UUID, DataProfile> profiles;
  private final Map<String, Rate> rates;

  /** Of those that were profiled: what is chosen for them fits what is free at about this time. */
  private final Books books;

  private Grounds(
      Map<UUID, JobFacts> facts,
      Map<UUID, DataProfile> profiles,
      Map<String, Rate> rates,
      Books books) {
    this.facts = facts;
    this.profiles = profiles;
    this.rates = rates;
    this.books = books;
  }

  /** {@code last}: the last of what the trainers of locked work have said. */
  public static Grounds read(JdbcClient jdbc, Map<Work, TrainerEvent> last) {
    var profiled = works(last, TrainerEvent.Profiled.class);
    var trained = works(last, TrainerEvent.Trained.class);
    return new Grounds(
        profiled.isEmpty() ? Map.of() : JobFacts.read(jdbc, jobs(profiled)),
        trained.isEmpty() ? Map.of() : profiles(jdbc, jobs(trained)),
        profiled.isEmpty() ? Map.of() : Rates.current(jdbc),
        Books.glance(jdbc, profiled.stream().map(work -> work.lease().account()).toList()));
  }

  private static List<Work> works(
      Map<Work, TrainerEvent> last, Class<? extends TrainerEvent> word) {
    return last.entrySet().stream()
        .filter(said -> word.isInstance(said.getValue()))
        .map(Map.Entry::getKey)
        .toList();
  }

  private static List<UUID> jobs(List<Work> works) {
    return works.stream().map(work -> work.job().id()).toList();
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

  /** What the accounts of a lease have when its last entries are made. */
  Amount freeAfter(Lease lease, List<Posting> last) {
    if (!books.post(lease.account(), last, "")) {
      throw new IllegalStateException("A hold is missing in the accounts of lease " + lease.id());
    }
    return books.purse(lease.team(), lease.job()).free();
  }

  private static <T> T known(@Nullable T found, JobRow job) {
    if (found == null) throw new IllegalStateException("Nothing was read of job " + job.id());
    return found;
  }
}
