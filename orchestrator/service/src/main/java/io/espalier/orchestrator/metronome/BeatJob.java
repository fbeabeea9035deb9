package io.espalier.orchestrator.metronome;

import org.quartz.DisallowConcurrentExecution;
import org.quartz.Job;
import org.quartz.JobExecutionContext;
import org.quartz.JobExecutionException;

/** What Quartz's store knows of every beat; the work itself is looked up by the trigger's name. */
@DisallowConcurrentExecution
final class BeatJob implements Job {

  private final Beat beat;

  BeatJob(Beat beat) {
    this.beat = beat;
  }

  @Override
  public void execute(JobExecutionContext context) throws JobExecutionException {
    try {
      beat.work().run();
    } catch (RuntimeException e) {
      throw new JobExecutionException("The beat " + beat.name() + " failed; the next one comes", e);
    }
  }
}
