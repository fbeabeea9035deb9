package io.espalier.web.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the starters make of real data, the protocol chosen by the platform: one house for all. */
class RealDataIT {

  private static House house;
  private static Tenant tenant;

  @TempDir Path folder;

  @BeforeAll
  static void settleIn() {
    house = new House();
    house.open();
    tenant = Tenant.settleIn(house);
  }

  @AfterAll
  static void leave() throws IOException {
    house.close();
  }

  @Test
  void clothes() throws Exception {
    assertThat(accuracy("IMAGE", SharedData.file("fashion-mnist-6k.zip")))
        .isGreaterThanOrEqualTo(0.80);
  }

  @Test
  void flowers() throws Exception {
    assertThat(accuracy("IMAGE", SharedData.file("flowers5-64-png.zip")))
        .isGreaterThanOrEqualTo(0.45);
  }

  @ParameterizedTest
  @CsvSource({"ag-news, 0.80", "sms-spam, 0.95"})
  void texts(String name, double least) throws Exception {
    var tables = folder.resolve(name + ".zip");
    try (var zip = new ZipOutputStream(Files.newOutputStream(tables))) {
      for (var split : new String[] {"train", "test"}) {
        zip.putNextEntry(new ZipEntry(split + ".csv"));
        Files.copy(SharedData.file(name + "-" + split + ".csv"), zip);
      }
    }
    assertThat(accuracy("TEXT", tables)).isGreaterThanOrEqualTo(least);
  }

  /** On the test split, after a job that chose its protocol. */
  private static double accuracy(String reads, Path data) throws Exception {
    var job = tenant.awaitEnd(tenant.submit(reads, tenant.register(data), "auto", 1));
    assertThat(job.path("state").asString()).as(job.toString()).isEqualTo("SUCCEEDED");
    var result = job.path("result");
    assertThat(result.path("metric").asString()).isEqualTo("accuracy");
    assertThat(result.path("reloadMaxDifference").asDouble()).isLessThanOrEqualTo(1e-4);
    return result.path("after").asDouble();
  }
}
