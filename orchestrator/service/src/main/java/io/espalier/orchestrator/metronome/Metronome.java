package io.espalier.orchestrator.metronome;

import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.impl.jdbcjobstore.PostgreSQLDelegate;
import org.quartz.spi.JobFactory;
import org.quartz.spi.TriggerFiredBundle;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.scheduling.quartz.SchedulerFactoryBean;

/** Configures Quartz for the beats of the platform. */
public final class Metronome {

  /** A factory bean, so that the application context starts and stops the scheduler. */
  public static SchedulerFactoryBean of(DataSource source, List<Beat> beats) {
    var factory = new SchedulerFactoryBean();
    factory.setSchedulerName("espalier");
    factory.setDataSource(source);
    // Else every statement of a start stands alone, and Quartz's lock is held for one of them.
    factory.setTransactionManager(new DataSourceTransactionManager(source));
    factory.setQuartzProperties(properties());
    factory.setJobFactory(new BeatJobs(beats));
    factory.setJobDetails(beats.stream().map(Metronome::detail).toArray(JobDetail[]::new));
    factory.setTriggers(beats.stream().map(Metronome::trigger).toArray(Trigger[]::new));
    factory.setOverwriteExistingJobs(true);
    factory.setWaitForJobsToCompleteOnShutdown(true);
    return factory;
  }

  private static Properties properties() {
    var properties = new Properties();
    properties.putAll(
        Map.of(
            "org.quartz.scheduler.instanceId", "AUTO",
            "org.quartz.scheduler.skipUpdateCheck", "true",
            "org.quartz.jobStore.driverDelegateClass", PostgreSQLDelegate.class.getName(),
            "org.quartz.jobStore.isClustered", "true",
            "org.quartz.jobStore.clusterCheckinInterval", "3000",
            "org.quartz.jobStore.misfireThreshold", "15000",
            "org.quartz.jobStore.useProperties", "true",
            "org.quartz.jobStore.tablePrefix", "qrtz_",
            "org.quartz.jobStore.acquireTriggersWithinLock", "true",
            "org.quartz.threadPool.threadCount", "2"));
    return properties;
  }

  private static JobDetail detail(Beat beat) {
    return JobBuilder.newJob(BeatJob.class).withIdentity(beat.name()).storeDurably().build();
  }

  /** Missed beats are not made up for: each does all that there is to do. */
  private static Trigger trigger(Beat beat) {
    return TriggerBuilder.newTrigger()
        .withIdentity(beat.name())
        .forJob(beat.name())
        .startNow()
        .withSchedule(
            SimpleScheduleBuilder.simpleSchedule()
                .withIntervalInMilliseconds(beat.period().toMillis())
                .repeatForever()
                .withMisfireHandlingInstructionNextWithRemainingCount())
        .build();
  }

  private static final class BeatJobs implements JobFactory {
    private final Map<String, Beat> beats;

    BeatJobs(List<Beat> beats) {
      this.beats = beats.stream().collect(Collectors.toMap(Beat::name, Function.identity()));
    }

    @Override
    public Job newJob(TriggerFiredBundle bundle, Scheduler scheduler) throws SchedulerException {
      var name = bundle.getJobDetail().getKey().getName();
      var beat = beats.get(name);
      if (beat == null) throw new SchedulerException("This node knows no beat " + name);
      return new BeatJob(beat);
    }
  }

  private Metronome() {}
}
