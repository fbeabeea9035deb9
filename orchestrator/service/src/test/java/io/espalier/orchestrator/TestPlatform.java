package io.espalier.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.espalier.domain.budget.Terms;
import io.espalier.domain.lease.Fence;
import io.espalier.domain.selection.ModelFacts;
import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.wire.Blob;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.account.Role;
import io.espalier.orchestrator.agent.AgentTimes;
import io.espalier.orchestrator.agent.Agents;
import io.espalier.orchestrator.audit.Audit;
import io.espalier.orchestrator.blob.BlobStore;
import io.espalier.orchestrator.budget.Budgets;
import io.espalier.orchestrator.budget.Ledger;
import io.espalier.orchestrator.budget.Periods;
import io.espalier.orchestrator.budget.Rates;
import io.espalier.orchestrator.change.Changes;
import io.espalier.orchestrator.cron.CronSchedules;
import io.espalier.orchestrator.database.Credentials;
import io.espalier.orchestrator.database.Cuts;
import io.espalier.orchestrator.database.Json;
import io.espalier.orchestrator.database.TestDatabase;
import io.espalier.orchestrator.database.Transactions;
import io.espalier.orchestrator.invariant.Invariants;
import io.espalier.orchestrator.job.Deadlines;
import io.espalier.orchestrator.job.Jobs;
import io.espalier.orchestrator.job.Scheduling;
import io.espalier.orchestrator.job.Submission;
import io.espalier.orchestrator.job.TaskFlow;
import io.espalier.orchestrator.lease.Leases;
import io.espalier.orchestrator.schedule.Maintenances;
import io.espalier.orchestrator.schedule.Outlooks;
import io.espalier.orchestrator.schedule.Planning;
import io.espalier.orchestrator.schedule.Quotas;
import io.espalier.orchestrator.schedule.Reaper;
import io.espalier.orchestrator.schedule.SlotCare;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.util.FileSystemUtils;

/**
 * The whole orchestrator on a real database, without its threads: a test plans, reaps and lets time
 * pass when it wants to.
 */
public final class TestPlatform implements AutoCloseable {

  /** A small ViT; nothing loads its weights. */
  private static final String SAPLING =
      """
      {"model_type": "vit", "image_size": 32, "patch_size": 4, "num_channels": 3,
       "hidden_size": 128, "num_hidden_layers": 4, "num_attention_heads": 4,
       "intermediate_size": 512, "num_labels": 2}
      """;

  public static final Fence FENCE = new Fence(Duration.ofSeconds(90), Duration.ofSeconds(120));
  public static final Terms TERMS =
      new Terms(Duration.ofMinutes(10), Duration.ofSeconds(30), Duration.ofSeconds(4));

  private static final AgentTimes TIMES =
      new AgentTimes(
          Duration.ofSeconds(5), Duration.ofHours(5), Duration.ofMinutes(15), Duration.ofHours(24));

  private final long startedAt = System.nanoTime();

  public final TestDatabase database = new TestDatabase();
  private final HikariDataSource application = pool(database.credentials().application());
  private final HikariDataSource planner = pool(database.credentials().planner());

  /** Lets a test cut the wire to the database; whole unless it does. */
  public final Cuts cuts = new Cuts();

  public final Credentials credentials =
      new Credentials(cuts.around(application), cuts.around(planner));
  public final Transactions transactions = new Transactions(credentials);
  public final Changes changes = new Changes(transactions, planner);
  public final Audit audit = new Audit(transactions);
  public final Ledger ledger = new Ledger();
  public final Leases leases = new Leases(FENCE, TERMS);
  public final TaskFlow flow = new TaskFlow(leases, TERMS);
  private final Path contents = temporaryFolder();
  public final BlobStore blobs = new BlobStore(contents);
  public final Budgets budgets = new Budgets(transactions, ledger, changes, audit);
  public final Rates rates = new Rates(transactions, changes, audit);
  public final Periods periods = new Periods(transactions, ledger, changes);
  public final Jobs jobs = new Jobs(transactions, ledger, leases, changes, audit, TERMS);
  public final Agents agents =
      new Agents(transactions, leases, flow, blobs, changes, audit, FENCE, TIMES, 1 << 20);
  public final Planning planning =
      new Planning(transactions, changes, flow, leases, TERMS, TIMES.silence());
  public final Quotas quotas = new Quotas(transactions, changes, audit);
  public final Maintenances maintenances = new Maintenances(transactions, changes, audit);
  public final SlotCare slotCare = new SlotCare(transactions, changes, audit);
  public final Outlooks outlooks = new Outlooks(transactions, TERMS, TIMES.silence());
  public final CronSchedules cronSchedules = new CronSchedules(transactions, jobs, audit);
  public final Deadlines deadlines = new Deadlines(transactions, changes, leases);
  public final Invariants invariants = new Invariants(transactions, blobs);

  public final Principal admin = new Principal(UUID.randomUUID(), "root", "Root", true, Map.of());
  private final UUID baseModel = insertBaseModel();

  @Override
  public void close() {
    application.close();
    planner.close();
    database.close();
    try {
      FileSystemUtils.deleteRecursively(contents);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A team with a member and a data set, ready to submit. */
  public final class Team {
    public final UUID id = UUID.randomUUID();
    public final Principal member;
    public final Principal owner;
    private final UUID datasetVersion = UUID.randomUUID();

    Team(String name, GpuTime budget) {
      member = user(name + "-member", Map.of(id, Role.MEMBER));
      owner = user(name + "-owner", Map.of(id, Role.OWNER));
      sql("insert into team (id, name) values (?, ?)", id, name);
      var dataset = UUID.randomUUID();
      sql(
          "insert into dataset (id, team_id, name, created_by) values (?, ?, 'leaves', ?)",
          dataset,
          id,
          member.userId());
      sql(
          """
          insert into dataset_version (id, team_id, dataset_id, number, sha256, layout, report,
            train_samples, validation_samples, test_samples, created_by)
          values (?, ?, ?, 1, ?, '{"kind":"IMAGE_FOLDER"}', '{}', 2000, 400, 600, ?)
          """,
          datasetVersion,
          id,
          dataset,
          content("leaves of " + name).sha256(),
          member.userId());
      if (budget.isMoreThan(GpuTime.ZERO)) fund(budget);
    }

    public void fund(GpuTime amount) {
      budgets.credit(owner, id, amount, "for tests");
    }

    public Submission submission() {
      return submission(GpuTime.ofHours(1));
    }

    public Submission submission(GpuTime cap) {
      return new Submission(id, "leaves", baseModel, datasetVersion, null, cap, 7);
    }

    public Submission submission(Scheduling scheduling) {
      var plain = submission();
      return new Submission(
          id,
          plain.name(),
          baseModel,
          datasetVersion,
          null,
          GpuTime.ofHours(1),
          null,
          plain.seed(),
          scheduling);
    }

    public UUID submit(Scheduling scheduling) {
      return jobs.submit(member, submission(scheduling), null).id();
    }

    /** The id of a job that waits for its first slot. */
    public UUID submit() {
      return jobs.submit(member, submission(), null).id();
    }

    public UUID submit(GpuTime cap) {
      return jobs.submit(member, submission(cap), null).id();
    }
  }

  public Team team(String name, GpuTime budget) {
    return new Team(name, budget);
  }

  public Team team() {
    return new Team("red", GpuTime.ofHours(10));
  }

  public SimulatedAgent agent(String name, int slots) {
    return new SimulatedAgent(this, name, slots);
  }

  /** A platform that was started long ago by its own account. */
  public Reaper reaper() {
    return reaper(Instant.EPOCH);
  }

  public Reaper reaper(Instant upSince) {
    return reaper(upSince, Duration.ofDays(100_000));
  }

  /** One that takes itself for down after {@code longestGap} between two looks. */
  public Reaper reaper(Instant upSince, Duration longestGap) {
    return new Reaper(transactions, changes, flow, leases, upSince, longestGap);
  }

  /** Moves what has happened so far into the past: the database's clock cannot be set. */
  public void letTimePass(Duration time) {
    sql(
        """
        update lease
        set granted_at = granted_at - ?::interval, renewed_at = renewed_at - ?::interval,
            slice_started_at = slice_started_at - ?::interval, ended_at = ended_at - ?::interval
        """,
        time.toString(),
        time.toString(),
        time.toString(),
        time.toString());
    sql("update agent set last_seen_at = last_seen_at - ?::interval", time.toString());
  }

  /** The database's clock also runs while a test does. */
  public void assertCharged(GpuTime charged, double seconds) {
    double ran = (System.nanoTime() - startedAt) / 1e9;
    assertThat(charged.seconds()).isBetween(seconds, seconds + ran);
  }

  public void assertInvariants() {
    assertThat(invariants.violations()).isEmpty();
  }

  public Blob content(String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    var blob = blobs.put(new ByteArrayInputStream(bytes), bytes.length);
    transactions.asPlanner(jdbc -> {
      blobs.list(jdbc, blob);
      return true;
    });
    return blob;
  }

  public long count(String table) {
    return database
        .superuser()
        .sql("select count(*) from " + table)
        .query((row, _) -> row.getLong(1))
        .single();
  }

  public int sql(String statement, Object... values) {
    return database.superuser().sql(statement).params(values).update();
  }

  private Principal user(String login, Map<UUID, Role> teams) {
    var id = UUID.randomUUID();
    sql(
        "insert into app_user (id, login, display_name, password_hash) values (?, ?, ?, '')",
        id,
        login,
        login);
    return new Principal(id, login, login, false, teams);
  }

  private UUID insertBaseModel() {
    var id = UUID.randomUUID();
    sql(
        """
        insert into base_model (id, name, family, parameters, config, facts, card)
        values (?, 'sapling', 'vit', 800000, ?::jsonb, ?::jsonb, '')
        """,
        id,
        SAPLING,
        Json.write(new ModelFacts("vit", 800_000, 128, 4, 1e8)));
    sql(
        "insert into base_model_file (model_id, name, sha256) values (?, 'config.json', ?)",
        id,
        content("config of sapling").sha256());
    sql(
        "insert into base_model_file (model_id, name, sha256) values (?, 'model.safetensors', ?)",
        id,
        content("weights of sapling").sha256());
    return id;
  }

  private static HikariDataSource pool(DataSource source) {
    var pool = new HikariDataSource();
    pool.setDataSource(source);
    pool.setMaximumPoolSize(20);
    pool.setMinimumIdle(0);
    return pool;
  }

  private static Path temporaryFolder() {
    try {
      return Files.createTempDirectory("espalier-blobs");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
