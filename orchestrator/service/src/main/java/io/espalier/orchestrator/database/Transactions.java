package io.espalier.orchestrator.database;

import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.account.Role;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Opens every transaction of the orchestrator. What a transaction may see is set here and nowhere
 * else, for its own length only; without it, row-level security shows nothing.
 */
public final class Transactions {

  private final Session application;
  private final Session planner;

  public Transactions(Credentials credentials) {
    application = new Session(credentials.application());
    planner = new Session(credentials.planner());
  }

  /** Runs {@code work} seeing the teams of {@code principal}, and what belongs to no team. */
  public <T extends @Nullable Object> T as(Principal principal, Function<JdbcClient, T> work) {
    return application.run(principal.teams().keySet(), work);
  }

  /**
   * Runs {@code work} seeing one team of {@code principal}, and what belongs to no team. The fewer
   * teams there are to compare with, the less each row's check costs.
   */
  public <T extends @Nullable Object> T as(
      Principal principal, UUID team, Function<JdbcClient, T> work) {
    principal.require(team, Role.VIEWER);
    return application.run(List.of(team), work);
  }

  /** Runs {@code work} seeing one team, which the platform admin need not be a member of. */
  public <T extends @Nullable Object> T asPlatformAdmin(
      Principal admin, UUID team, Function<JdbcClient, T> work) {
    return asPlatformAdmin(admin, List.of(team), work);
  }

  /** Runs {@code work} seeing some teams, which the platform admin need not be a member of. */
  public <T extends @Nullable Object> T asPlatformAdmin(
      Principal admin, Collection<UUID> teams, Function<JdbcClient, T> work) {
    admin.requirePlatformAdmin();
    return application.run(teams, work);
  }

  /** Runs {@code work} seeing no team at all: sign-in, users, platform settings. */
  public <T extends @Nullable Object> T withoutTeam(Function<JdbcClient, T> work) {
    return application.run(List.of(), work);
  }

  /**
   * Runs {@code work} seeing no team and without a transaction around it: the database commits each
   * statement by itself, which spares a call that only reads some of its round trips.
   */
  public <T extends @Nullable Object> T statementsWithoutTeam(Function<JdbcClient, T> work) {
    return work.apply(application.database);
  }

  /** Runs {@code work} as scheduler or agent endpoint. */
  public <T extends @Nullable Object> T asPlanner(Function<JdbcClient, T> work) {
    return planner.run(List.of(), work);
  }

  /**
   * Runs {@code work} as agent endpoint without a transaction around it: the database commits each
   * statement by itself, which spares a call that is a single statement most of its round trips.
   */
  public <T extends @Nullable Object> T statementsAsPlanner(Function<JdbcClient, T> work) {
    return work.apply(planner.database);
  }

  /** Runs {@code work} as scheduler; all that it reads is of one moment. */
  public <T extends @Nullable Object> T asPlannerOnOneSnapshot(Function<JdbcClient, T> work) {
    return planner.runOnOneSnapshot(work);
  }

  private static final class Session {
    private final JdbcClient database;
    private final TransactionTemplate transaction;
    private final TransactionTemplate snapshot;

    Session(DataSource source) {
      database = JdbcClient.create(source);
      var manager = new DataSourceTransactionManager(source);
      transaction = new TransactionTemplate(manager);
      transaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
      snapshot = new TransactionTemplate(manager, transaction);
      snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
      snapshot.setReadOnly(true);
    }

    <T extends @Nullable Object> T runOnOneSnapshot(Function<JdbcClient, T> work) {
      return snapshot.execute(_ -> work.apply(database));
    }

    /** Ends with the transaction: the next one on this connection begins without a team. */
    private void see(Collection<UUID> teams) {
      database
          .sql("select set_config('app.teams', :teams, true)")
          .param("teams", teams.stream().map(UUID::toString).collect(Collectors.joining(",")))
          .query(String.class)
          .single();
    }

    <T extends @Nullable Object> T run(Collection<UUID> teams, Function<JdbcClient, T> work) {
      return transaction.execute(_ -> {
        if (!teams.isEmpty()) see(teams);
        return work.apply(database);
      });
    }
  }
}
