package io.espalier.web.rest;

import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.cron.CronFire;
import io.espalier.orchestrator.cron.CronSchedule;
import io.espalier.orchestrator.cron.CronSchedules;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Trainings that are submitted again and again. */
@RestController
@RequestMapping("/api/v1/schedules")
class ScheduleController {

  private final CronSchedules schedules;

  ScheduleController(CronSchedules schedules) {
    this.schedules = schedules;
  }

  /** Of the caller's teams, by name. */
  @GetMapping
  List<CronSchedule> list(@AuthenticationPrincipal Principal user) {
    return schedules.list(user);
  }

  /**
   * @param cron Quartz's fields: seconds, minutes, hours, day of month, month, day of week
   * @param zone UTC if absent
   * @param job what is submitted at each fire time
   */
  record NewSchedule(
      @Nullable String name,
      @Nullable String cron,
      @Nullable String zone,
      JobController.@Nullable NewJob job) {}

  /** Stores a schedule; each of its fire times becomes one job, in the caller's name. */
  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  CronSchedule create(
      @AuthenticationPrincipal Principal member, @RequestBody NewSchedule schedule) {
    return schedules.create(
        member,
        Given.required("name", schedule.name()),
        Given.required("cron", schedule.cron()),
        Given.zone("zone", schedule.zone() == null ? "UTC" : schedule.zone()),
        Given.required("job", schedule.job()).submission());
  }

  /** What became of its last fire times, latest first. */
  @GetMapping("/{schedule}/fires")
  List<CronFire> fires(@AuthenticationPrincipal Principal user, @PathVariable UUID schedule) {
    return schedules.fires(user, schedule);
  }

  /** Fires nothing until it is resumed. */
  @PostMapping("/{schedule}/pause")
  CronSchedule pause(@AuthenticationPrincipal Principal member, @PathVariable UUID schedule) {
    return schedules.setPaused(member, schedule, true);
  }

  /** Fires again from now on. */
  @PostMapping("/{schedule}/resume")
  CronSchedule resume(@AuthenticationPrincipal Principal member, @PathVariable UUID schedule) {
    return schedules.setPaused(member, schedule, false);
  }

  /** Forgets the schedule; jobs that it has submitted stay. */
  @DeleteMapping("/{schedule}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(@AuthenticationPrincipal Principal member, @PathVariable UUID schedule) {
    schedules.delete(member, schedule);
  }
}
