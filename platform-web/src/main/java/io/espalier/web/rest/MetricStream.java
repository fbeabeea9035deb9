package io.espalier.web.rest;

import io.espalier.orchestrator.account.Principal;
import io.espalier.orchestrator.change.Changes;
import io.espalier.orchestrator.job.Curves;
import io.espalier.orchestrator.job.JobView;
import io.espalier.orchestrator.job.Jobs;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/**
 * Server-sent events of a job until it ends: {@code state} (the state's name), {@code metrics} (new
 * points, in the form of {@link Curves}) and a last {@code end}. A client that connects again goes
 * on after the last point that it has: the event's id is its moment.
 */
@RestController
class MetricStream {

  private static final long SECONDS_BETWEEN_SIGNS_OF_LIFE = 15;
  private static final long MILLIS_BETWEEN_EVENTS = 250;

  private final Jobs jobs;
  private final Changes changes;
  private final JsonMapper json;

  MetricStream(Jobs jobs, Changes changes, JsonMapper json) {
    this.jobs = jobs;
    this.changes = changes;
    this.json = json;
  }

  /** The curves and states of a job as they come. */
  @GetMapping("/api/v1/jobs/{job}/metrics/stream")
  void stream(
      @AuthenticationPrincipal Principal user,
      @PathVariable UUID job,
      @RequestHeader(name = "Last-Event-ID") @Nullable String lastEventId,
      HttpServletResponse response) {
    var view = jobs.get(user, job); // refuses before the stream begins
    response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
    response.setCharacterEncoding(StandardCharsets.UTF_8);
    response.setHeader("X-Accel-Buffering", "no");
    follow(user, view, moment(lastEventId), response);
  }

  private void follow(
      Principal user, JobView first, @Nullable Instant seen, HttpServletResponse response) {
    var changed = new Semaphore(0);
    var view = first;
    var last = seen;
    try (var _ = changes.onJob(first.id(), changed::release)) {
      send(response, "state", null, json.writeValueAsString(view.state()));
      while (!changes.isLeaving()) { // a client connects again, to the next platform
        var curves =
            last == null ? jobs.curves(user, view.id()) : jobs.curvesAfter(user, view.id(), last);
        var newest = newest(curves, last);
        if (newest != null && !newest.equals(last)) {
          send(response, "metrics", newest, json.writeValueAsString(curves));
          last = newest;
        }
        if (view.state().isTerminal()) {
          send(response, "end", null, json.writeValueAsString(view.state()));
          return;
        }
        if (!changed.tryAcquire(SECONDS_BETWEEN_SIGNS_OF_LIFE, TimeUnit.SECONDS)) {
          response.getOutputStream().write(": still here\n\n".getBytes(StandardCharsets.UTF_8));
          response.flushBuffer();
        }
        TimeUnit.MILLISECONDS.sleep(MILLIS_BETWEEN_EVENTS);
        changed.drainPermits();
        var now = jobs.get(user, view.id());
        if (now.state() != view.state()) {
          send(response, "state", null, json.writeValueAsString(now.state()));
        }
        view = now;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException("The client has gone", e);
    }
  }

  private static void send(
      HttpServletResponse response, String event, @Nullable Instant id, String data)
      throws IOException {
    var text = new StringBuilder("event: ").append(event).append('\n');
    if (id != null) text.append("id: ").append(id).append('\n');
    text.append("data: ").append(data).append("\n\n");
    response.getOutputStream().write(text.toString().getBytes(StandardCharsets.UTF_8));
    response.flushBuffer();
  }

  private static @Nullable Instant newest(Curves curves, @Nullable Instant otherwise) {
    var newest = otherwise;
    for (var series : curves.series()) {
      for (var point : series.points()) {
        if (newest == null || point.at().isAfter(newest)) newest = point.at();
      }
    }
    return newest;
  }

  private static @Nullable Instant moment(@Nullable String lastEventId) {
    if (lastEventId == null) return null;
    try {
      return Instant.parse(lastEventId);
    } catch (DateTimeParseException e) {
      return null; // not one of ours: begin at the beginning
    }
  }
}
