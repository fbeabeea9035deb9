package io.espalier.web.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The disk with the data folder runs full while a job trains: database, store and the local agent
 * have no byte left. Callers are told so, nothing half-written is listed, and all goes on when
 * there is room again.
 */
class FullDiskIT {

  /** Enough for the database's programs and the first jobs. */
  private static final long DISK = 700L << 20;

  /** A job whose daemon could not write is given to the next soon. */
  private static final Map<String, String> QUICK =
      Map.of(
          "ESPALIER_HEARTBEAT", "1s",
          "ESPALIER_LEASE_STOP_AFTER", "20s",
          "ESPALIER_LEASE_REGRANT_AFTER", "25s");

  private static final Duration FULL_FOR = Duration.ofSeconds(15);

  @TempDir Path folder;

  @Test
  void aFullDiskIsSaidToBeFullAndLosesNothing() throws Exception {
    Assumptions.assumeTrue(Disk.isPossible(), "not run: unshare -Urm is not allowed here");
    try (var house = House.onDiskOf(DISK, QUICK)) {
      house.open();
      var tenant = Tenant.settleIn(house);
      var images = house.drawnImages(20);
      var version = tenant.register(images);
      var job = tenant.submit(version, "full", 0.5);
      tenant.awaitTraining(job, 1);

      var filler = house.visibleHome().resolve("filler");
      var answers = uploadWhileFilling(filler, tenant, images);
      assertThat(answers).as("statuses").isSubsetOf(201, 503, 507).contains(507);
      Files.delete(filler);

      House.await(
          "the platform to take uploads again",
          Duration.ofSeconds(60),
          () -> Optional.of(upload(tenant, images)).filter(status -> status == 201));
      var ended = tenant.awaitEnd(job);
      if (!ended.path("state").asString().equals("SUCCEEDED")) {
        assertThat(ended.path("problem").path("message").asString())
            .as("why it failed: " + ended)
            .isNotBlank();
      }
      var after = tenant.awaitEnd(tenant.submit(version, "linear_probe", 0.5));
      assertThat(after.path("state").asString()).as(after.toString()).isEqualTo("SUCCEEDED");
      assertThat(house.visibleHome().resolve("blobs/incoming")).isEmptyDirectory();
      assertThat(house.visibleHome().resolve("uploads")).isEmptyDirectory();
      everyInvariantHolds(house);
    }
  }

  /** What uploads are answered while the disk is filled again and again. */
  private static List<Integer> uploadWhileFilling(Path filler, Tenant tenant, Path images)
      throws IOException, InterruptedException {
    var statuses = new ArrayList<Integer>();
    var end = System.nanoTime() + FULL_FOR.toNanos();
    while (System.nanoTime() < end) {
      fill(filler); // a database or a trainer that gave up has left some room
      statuses.add(upload(tenant, images));
      TimeUnit.MILLISECONDS.sleep(500);
    }
    return statuses;
  }

  /** Takes every byte that is left. */
  private static void fill(Path filler) throws IOException {
    for (int piece = 1 << 20; piece > 0; piece /= 16) {
      try {
        while (true) {
          Files.write(
              filler, new byte[piece], StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
      } catch (IOException full) {
        assertThat(full).hasMessageContaining("No space left on device");
      }
    }
  }

  private static int upload(Tenant tenant, Path images) {
    try {
      var answer =
          tenant
              .rest()
              .with("Content-Type", "application/zip")
              .send(
                  "POST",
                  "/api/v1/datasets?team=" + tenant.team() + "&name=again",
                  BodyPublishers.ofFile(images));
      if (answer.status() >= 500) {
        assertThat(answer.json().path("detail").asString()).as(answer.toString()).isNotBlank();
      }
      return answer.status() == 200 ? 201 : answer.status();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** As an operator checks it, while the platform runs: contents are read, not only counted. */
  private void everyInvariantHolds(House house) throws Exception {
    var report = folder.resolve("report.txt");
    var check =
        new ProcessBuilder(House.ROOT.resolve("ops/check-invariants").toString())
            .redirectErrorStream(true)
            .redirectOutput(report.toFile());
    check.environment().put("ESPALIER_HOME", house.visibleHome().toString());
    var process = check.start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    var said = Files.readString(report);
    assertThat(process.exitValue()).as(said).isZero();
    assertThat(said).contains("invariants hold.");
  }
}
