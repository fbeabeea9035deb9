package io.espalier.web;

import io.espalier.domain.unit.GpuTime;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.account.Role;
import io.espalier.orchestrator.account.Teams;
import io.espalier.orchestrator.budget.Budgets;
import io.espalier.orchestrator.database.Credentials;
import io.espalier.orchestrator.dataset.DatasetVersion;
import io.espalier.orchestrator.dataset.Datasets;
import io.espalier.orchestrator.dataset.Registration;
import io.espalier.orchestrator.job.JobView;
import io.espalier.orchestrator.job.Jobs;
import io.espalier.orchestrator.job.Submission;
import io.espalier.orchestrator.model.BaseModel;
import io.espalier.orchestrator.model.BaseModels;
import io.espalier.web.security.CurrentUser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A team of the user who is signed in, with what a test lets grow there. */
public final class Orchard {

  private static final String MODEL = "tiny-vit";

  private final ApplicationContext platform;
  private final Principal admin;
  private final Teams.Team team;

  /**
   * The user becomes a member of a new team with a budget, which may be zero; the admin owns it.
   */
  public Orchard(ApplicationContext platform, double gpuHours) {
    this.platform = platform;
    admin = Admin.principal(platform);
    team = platform.getBean(Teams.class).create(admin, "Team " + UUID.randomUUID());
    var owner = Admin.principal(platform);
    if (!user().userId().equals(admin.userId())) {
      platform.getBean(Teams.class).setMember(owner, team.id(), user().login(), Role.MEMBER);
    }
    if (gpuHours > 0) {
      platform
          .getBean(Budgets.class)
          .credit(owner, team.id(), GpuTime.ofHours(gpuHours), "for tests");
    }
  }

  /** The user of the page, with the rights of this moment. */
  public Principal user() {
    return platform.getBean(CurrentUser.class).principal();
  }

  public Teams.Team team() {
    return team;
  }

  public DatasetVersion dataset(String name, String... classes) {
    return register(name, Samples.images(classes));
  }

  public DatasetVersion texts(String name) {
    return register(name, Samples.texts());
  }

  private DatasetVersion register(String name, byte[] upload) {
    try {
      var file = Files.write(Files.createTempFile("espalier-data", null), upload);
      try {
        var answer = platform.getBean(Datasets.class).register(user(), team.id(), name, file);
        return ((Registration.Accepted) answer).version();
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The platform's base model; all tests share it. */
  public BaseModel model() {
    var models = platform.getBean(BaseModels.class);
    synchronized (Orchard.class) {
      return models.list(admin).stream()
          .filter(model -> model.name().equals(MODEL))
          .findFirst()
          .orElseGet(() -> importModel(models));
    }
  }

  private BaseModel importModel(BaseModels models) {
    try {
      Path zip = Files.write(Files.createTempFile("espalier-model", ".zip"), Samples.model());
      try {
        return models.importZip(admin, null, MODEL, zip);
      } finally {
        Files.delete(zip);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public JobView submit(String name, DatasetVersion data) {
    var submission =
        new Submission(team.id(), name, model().id(), data.id(), null, GpuTime.ofHours(1), 7);
    return platform.getBean(Jobs.class).submit(user(), submission, null);
  }

  /** Jobs {@code name 1 … name n} that have succeeded, the last one newest. */
  public void insertSucceeded(String name, int n, DatasetVersion data) {
    var database = JdbcClient.create(platform.getBean(Credentials.class).planner());
    database
        .sql(
            """
            with inserted as (
              insert into job (team_id, name, owner_id, base_model_id, dataset_version_id, cap_millis,
                seed, request_hash, state, submitted_at, finished_at)
              select :team, :name || ' ' || i, :owner, :model, :data, 1000, 1, ''::bytea, 'SUCCEEDED',
                now() - (:n - i) * interval '1 second', now()
              from generate_series(1, :n) i
              returning id
            )
            insert into budget_account (team_id, job_id, funded)
            select :team, id, 1000 from inserted
            """)
        .param("team", team.id())
        .param("name", name)
        .param("owner", user().userId())
        .param("model", model().id())
        .param("data", data.id())
        .param("n", n)
        .update();
  }

  public PretendAgent agent() {
    return new PretendAgent(platform, admin);
  }
}
