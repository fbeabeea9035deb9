package io.espalier.orchestrator;

import io.espalier.datasets.gate.DatasetGate;
import io.espalier.orchestrator.account.Accounts;
import io.espalier.orchestrator.account.Teams;
import io.espalier.orchestrator.account.Tokens;
import io.espalier.orchestrator.agent.Agents;
import io.espalier.orchestrator.agent.Cluster;
import io.espalier.orchestrator.audit.Audit;
import io.espalier.orchestrator.blob.BlobStore;
import io.espalier.orchestrator.budget.Budgets;
import io.espalier.orchestrator.budget.Ledger;
import io.espalier.orchestrator.budget.Periods;
import io.espalier.orchestrator.budget.Rates;
import io.espalier.orchestrator.change.Changes;
import io.espalier.orchestrator.cron.CronSchedules;
import io.espalier.orchestrator.database.Columns;
import io.espalier.orchestrator.database.Credentials;
import io.espalier.orchestrator.database.Transactions;
import io.espalier.orchestrator.dataset.Datasets;
import io.espalier.orchestrator.invariant.Invariants;
import io.espalier.orchestrator.job.Deadlines;
import io.espalier.orchestrator.job.Jobs;
import io.espalier.orchestrator.job.Retention;
import io.espalier.orchestrator.job.TaskFlow;
import io.espalier.orchestrator.lease.Leases;
import io.espalier.orchestrator.metronome.Beat;
import io.espalier.orchestrator.metronome.Metronome;
import io.espalier.orchestrator.model.BaseModels;
import io.espalier.orchestrator.model.Results;
import io.espalier.orchestrator.schedule.Maintenances;
import io.espalier.orchestrator.schedule.MemberUsage;
import io.espalier.orchestrator.schedule.Outlooks;
import io.espalier.orchestrator.schedule.PlanLoop;
import io.espalier.orchestrator.schedule.Planning;
import io.espalier.orchestrator.schedule.Quotas;
import io.espalier.orchestrator.schedule.Reaper;
import io.espalier.orchestrator.schedule.SlotCare;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.quartz.SchedulerFactoryBean;

/** Wires the orchestrator, given {@link Credentials} and {@link OrchestratorSettings}. */
@Configuration(proxyBeanMethods = false)
public class OrchestratorConfiguration {

  private static final Duration USAGE_PERIOD = Duration.ofMinutes(1);

  @Bean
  Transactions transactions(Credentials credentials) {
    return new Transactions(credentials);
  }

  @Bean(initMethod = "start", destroyMethod = "close")
  Changes changes(Transactions transactions, Credentials credentials) {
    return new Changes(transactions, credentials.planner());
  }

  @Bean
  BlobStore blobStore(OrchestratorSettings settings) {
    return new BlobStore(settings.blobFolder());
  }

  @Bean
  Audit audit(Transactions transactions) {
    return new Audit(transactions);
  }

  @Bean
  Accounts accounts(Transactions transactions, Audit audit, OrchestratorSettings settings) {
    return new Accounts(transactions, audit, InstantSource.system(), settings.passwordCost());
  }

  @Bean
  Tokens tokens(Transactions transactions, Audit audit) {
    return new Tokens(transactions, audit);
  }

  @Bean
  Teams teams(Transactions transactions, Audit audit) {
    return new Teams(transactions, audit);
  }

  @Bean
  Datasets datasets(Transactions transactions, BlobStore blobStore, Audit audit) {
    return new Datasets(transactions, blobStore, audit, DatasetGate.standard());
  }

  @Bean
  BaseModels baseModels(Transactions transactions, BlobStore blobStore, Audit audit) {
    return new BaseModels(transactions, blobStore, audit);
  }

  @Bean
  Invariants invariants(Transactions transactions, BlobStore blobStore) {
    return new Invariants(transactions, blobStore);
  }

  @Bean
  Ledger ledger() {
    return new Ledger();
  }

  @Bean
  Budgets budgets(Transactions transactions, Ledger ledger, Changes changes, Audit audit) {
    return new Budgets(transactions, ledger, changes, audit);
  }

  @Bean
  Rates rates(Transactions transactions, Changes changes, Audit audit) {
    return new Rates(transactions, changes, audit);
  }

  @Bean
  Periods periods(Transactions transactions, Ledger ledger, Changes changes) {
    return new Periods(transactions, ledger, changes);
  }

  @Bean
  Leases leases(OrchestratorSettings settings) {
    return new Leases(settings.fence(), settings.terms());
  }

  @Bean
  TaskFlow taskFlow(Leases leases, OrchestratorSettings settings) {
    return new TaskFlow(leases, settings.terms());
  }

  @Bean
  Jobs jobs(
      Transactions transactions,
      Ledger ledger,
      Leases leases,
      Changes changes,
      Audit audit,
      OrchestratorSettings settings) {
    return new Jobs(transactions, ledger, leases, changes, audit, settings.terms());
  }

  @Bean
  Retention retention(Transactions transactions, BlobStore blobs, OrchestratorSettings settings) {
    return new Retention(transactions, blobs, settings.keepInFull(), settings.keepCheckpoints());
  }

  @Bean
  Results results(Jobs jobs, BaseModels baseModels, BlobStore blobStore) {
    return new Results(jobs, baseModels, blobStore);
  }

  @Bean
  Agents agents(
      Transactions transactions,
      Leases leases,
      TaskFlow taskFlow,
      BlobStore blobStore,
      Changes changes,
      Audit audit,
      OrchestratorSettings settings) {
    return new Agents(
        transactions,
        leases,
        taskFlow,
        blobStore,
        changes,
        audit,
        settings.fence(),
        settings.agentTimes(),
        settings.maxBlobBytes());
  }

  @Bean
  Cluster cluster(Transactions transactions, OrchestratorSettings settings) {
    return new Cluster(transactions, settings.agentTimes());
  }

  @Bean
  Quotas quotas(Transactions transactions, Changes changes, Audit audit) {
    return new Quotas(transactions, changes, audit);
  }

  @Bean
  Maintenances maintenances(Transactions transactions, Changes changes, Audit audit) {
    return new Maintenances(transactions, changes, audit);
  }

  @Bean
  SlotCare slotCare(Transactions transactions, Changes changes, Audit audit) {
    return new SlotCare(transactions, changes, audit);
  }

  @Bean
  Outlooks outlooks(Transactions transactions, OrchestratorSettings settings) {
    return new Outlooks(transactions, settings.terms(), settings.agentTimes().silence());
  }

  @Bean
  MemberUsage memberUsage(Transactions transactions) {
    return new MemberUsage(transactions);
  }

  @Bean
  Deadlines deadlines(Transactions transactions, Changes changes, Leases leases) {
    return new Deadlines(transactions, changes, leases);
  }

  @Bean
  CronSchedules cronSchedules(Transactions transactions, Jobs jobs, Audit audit) {
    return new CronSchedules(transactions, jobs, audit);
  }

  @Bean
  Planning planning(
      Transactions transactions,
      Changes changes,
      TaskFlow taskFlow,
      Leases leases,
      OrchestratorSettings settings) {
    return new Planning(
        transactions, changes, taskFlow, leases, settings.terms(), settings.agentTimes().silence());
  }

  @Bean(initMethod = "start", destroyMethod = "close")
  PlanLoop planLoop(
      Planning planning, Reaper reaper, Changes changes, OrchestratorSettings settings) {
    return new PlanLoop(planning, reaper, changes, settings.planPeriod());
  }

  /** The platform is up from the moment at which this bean is made. */
  @Bean
  Reaper reaper(
      Transactions transactions,
      Changes changes,
      TaskFlow taskFlow,
      Leases leases,
      OrchestratorSettings settings) {
    var upSince =
        transactions.asPlanner(jdbc ->
            jdbc.sql("select clock_timestamp() as now")
                .query((row, _) -> Columns.instant(row, "now"))
                .single());
    var longestGap = settings.planPeriod().multipliedBy(4);
    return new Reaper(transactions, changes, taskFlow, leases, upSince, longestGap);
  }

  @Bean
  SchedulerFactoryBean metronome(
      Credentials credentials,
      PlanLoop planLoop,
      Reaper reaper,
      Deadlines deadlines,
      CronSchedules cronSchedules,
      MemberUsage memberUsage,
      Periods periods,
      Retention retention,
      OrchestratorSettings settings) {
    return Metronome.of(
        credentials.planner(),
        List.of(
            new Beat("plan", settings.planPeriod(), planLoop::wake),
            new Beat("expire-leases", settings.planPeriod(), reaper::tick),
            new Beat("end-at-deadlines", settings.planPeriod(), deadlines::tick),
            new Beat("fire-schedules", settings.planPeriod(), cronSchedules::tick),
            new Beat("measure-usage", USAGE_PERIOD, memberUsage::tick),
            new Beat("budget-periods", settings.planPeriod().multipliedBy(12), periods::tick),
            new Beat("retention", Duration.ofHours(1), retention::tick)));
  }
}
