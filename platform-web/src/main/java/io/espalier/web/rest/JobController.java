package io.espalier.web.rest;

import io.espalier.domain.job.JobState;
import io.espalier.domain.selection.DataProfile;
import io.espalier.domain.selection.Decision;
import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.budget.Budgets;
import io.espalier.orchestrator.budget.JobCost;
import io.espalier.orchestrator.job.Curves;
import io.espalier.orchestrator.job.JobFilter;
import io.espalier.orchestrator.job.JobView;
import io.espalier.orchestrator.job.Jobs;
import io.espalier.orchestrator.job.LogLine;
import io.espalier.orchestrator.job.Submission;
import io.espalier.orchestrator.job.Transition;
import io.espalier.orchestrator.page.Page;
import io.espalier.orchestrator.page.PageRequest;
import io.espalier.orchestrator.schedule.Outlook;
import io.espalier.orchestrator.schedule.Outlooks;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Fine-tuning jobs. */
@RestController
@RequestMapping("/api/v1/jobs")
class JobController {

  private static final int MOST_LOG_LINES = 2000;

  private final Jobs jobs;
  private final Budgets budgets;
  private final Outlooks outlooks;

  JobController(Jobs jobs, Budgets budgets, Outlooks outlooks) {
    this.jobs = jobs;
    this.budgets = budgets;
    this.outlooks = outlooks;
  }

  /**
   * @param protocol {@code auto} (or absent) for Espalier's choice
   * @param gpuHours the most that the job may cost
   * @param money the most that it may cost in money; absent for no limit but the team's
   * @param seed 0 if absent
   * @param scheduling absent for one slot anywhere, as soon as it is its turn
   */
  record NewJob(
      @Nullable UUID team,
      @Nullable String name,
      @Nullable UUID model,
      @Nullable UUID datasetVersion,
      @Nullable String protocol,
      @Nullable Double gpuHours,
      @Nullable Double money,
      @Nullable Long seed,
      @Nullable SchedulingBody scheduling) {

    Submission submission() {
      return new Submission(
          Given.required("team", team),
          Given.required("name", name),
          Given.required("model", model),
          Given.required("datasetVersion", datasetVersion),
          Given.protocol(protocol),
          Given.gpuHours(gpuHours),
          money == null ? null : Given.money("money", money),
          seed == null ? 0 : seed,
          SchedulingBody.read(scheduling));
    }
  }

  /** 201 with the job; with {@code dryRun} 200 with what it would meet, and nothing is stored. */
  @PostMapping
  ResponseEntity<?> submit(
      @AuthenticationPrincipal Principal user,
      @RequestBody NewJob job,
      @RequestParam(defaultValue = "false") boolean dryRun,
      @RequestHeader(name = "Idempotency-Key") @Nullable String key) {
    var submission = job.submission();
    return dryRun
        ? ResponseEntity.ok(jobs.preview(user, submission))
        : ResponseEntity.status(HttpStatus.CREATED).body(jobs.submit(user, submission, key));
  }

  /** Jobs, newest first. */
  @GetMapping
  Page<JobView> list(
      @AuthenticationPrincipal Principal user,
      @RequestParam @Nullable UUID team,
      @RequestParam(defaultValue = "") List<String> state,
      @RequestParam(defaultValue = "50") int limit,
      @RequestParam @Nullable String after) {
    Set<JobState> states = EnumSet.noneOf(JobState.class);
    for (var name : state) states.add(Given.constant("state", name, JobState.class));
    return jobs.list(user, new JobFilter(team, states), new PageRequest(limit, after));
  }

  /** One job with its state, protocol and result. */
  @GetMapping("/{job}")
  JobView get(@AuthenticationPrincipal Principal user, @PathVariable UUID job) {
    return jobs.get(user, job);
  }

  /** Ends the job at its next step; what it has cost stays billed. */
  @PostMapping("/{job}/cancel")
  JobView cancel(@AuthenticationPrincipal Principal user, @PathVariable UUID job) {
    return jobs.cancel(user, job);
  }

  /** Saves the job at its next step and frees its slot; its place in the queue stays. */
  @PostMapping("/{job}/pause")
  JobView pause(@AuthenticationPrincipal Principal user, @PathVariable UUID job) {
    return jobs.pause(user, job);
  }

  /** Lets a paused job go on where it was. */
  @PostMapping("/{job}/resume")
  JobView resume(@AuthenticationPrincipal Principal user, @PathVariable UUID job) {
    return jobs.resume(user, job);
  }

  record Raise(@Nullable Double gpuHours, @Nullable Double money) {}

  /** Raises the most that the job may cost. */
  @PostMapping("/{job}/cap")
  JobView raiseCap(
      @AuthenticationPrincipal Principal user, @PathVariable UUID job, @RequestBody Raise raise) {
    return jobs.raiseCap(user, job, Given.amount(raise.gpuHours(), raise.money()));
  }

  /**
   * @param whyWaiting absent while the job runs and when it has ended
   * @param profile absent until the data is measured
   * @param decision absent until the protocol is chosen: what was chosen, why, and every
   *     alternative with the reason against it
   */
  record Explanation(
      UUID job,
      JobState state,
      JobView.@Nullable WhyWaiting whyWaiting,
      @Nullable DataProfile profile,
      @Nullable Decision decision) {}

  /** Why the job waits, what was measured, what was chosen and why. */
  @GetMapping("/{job}/explanation")
  Explanation explanation(@AuthenticationPrincipal Principal user, @PathVariable UUID job) {
    var view = jobs.get(user, job);
    return new Explanation(
        view.id(), view.state(), view.whyWaiting(), view.profile(), view.decision());
  }

  /** {@code outlook}: absent while no task of the job waits for a slot. */
  record Waiting(UUID job, @Nullable Outlook outlook) {}

  /** Why the job waits, its place in the queue, and when it will start. */
  @GetMapping("/{job}/waiting")
  Waiting waiting(@AuthenticationPrincipal Principal user, @PathVariable UUID job) {
    return new Waiting(job, outlooks.of(user, job).orElse(null));
  }

  /** When the job was in which state. */
  @GetMapping("/{job}/timeline")
  List<Transition> timeline(@AuthenticationPrincipal Principal user, @PathVariable UUID job) {
    return jobs.timeline(user, job);
  }

  /** What is held and spent for the job. */
  @GetMapping("/{job}/cost")
  JobCost cost(@AuthenticationPrincipal Principal user, @PathVariable UUID job) {
    return budgets.ofJob(user, job);
  }

  /** The curves, or what was added to them after an instant. */
  @GetMapping("/{job}/metrics")
  Curves metrics(
      @AuthenticationPrincipal Principal user,
      @PathVariable UUID job,
      @RequestParam @Nullable Instant after) {
    return after == null ? jobs.curves(user, job) : jobs.curvesAfter(user, job, after);
  }

  /** The trainer's log, line by line. */
  @GetMapping("/{job}/log")
  List<LogLine> log(
      @AuthenticationPrincipal Principal user,
      @PathVariable UUID job,
      @RequestParam(defaultValue = "0") long after,
      @RequestParam(defaultValue = "500") int limit) {
    return jobs.log(user, job, after, Math.clamp(limit, 1, MOST_LOG_LINES));
  }
}
