package io.espalier.agent.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.domain.wire.Hello.SlotFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevicesTest {

  @TempDir Path folder;

  @Test
  void offersEveryGpuThatTheDriverLists() throws Exception {
    assertThat(
            Devices.detect(
                driverThatPrints(
                    """
                    0, NVIDIA H200, 143771, GPU-3f2a8c1e-0000-0000-0000-000000000001
                    1, NVIDIA H200, 143771, GPU-3f2a8c1e-0000-0000-0000-000000000002
                    """)))
        .containsExactly(
            new SlotFacts(
                0, "NVIDIA H200", 143_771L << 20, "GPU-3f2a8c1e-0000-0000-0000-000000000001"),
            new SlotFacts(
                1, "NVIDIA H200", 143_771L << 20, "GPU-3f2a8c1e-0000-0000-0000-000000000002"));
  }

  @Test
  void offersTheProcessorWhereThereIsNoDriver() throws Exception {
    assertThat(Devices.detect(folder.resolve("no-such-tool").toString()))
        .isEqualTo(Devices.processor(1));
  }

  @Test
  void offersTheProcessorWhereTheDriverFindsNoGpu() throws Exception {
    Path tool = executable("echo 'No devices were found'; exit 6");
    assertThat(Devices.detect(tool.toString())).isEqualTo(Devices.processor(1));
  }

  @Test
  void sharesTheMemoryAmongTheSlotsOfTheProcessor() throws Exception {
    var slots = Devices.processor(4);
    assertThat(slots).extracting(SlotFacts::index).containsExactly(0, 1, 2, 3);
    assertThat(slots).extracting(SlotFacts::memoryBytes).containsOnly(Devices.memoryBytes() / 4);
  }

  @Test
  void saysWhatItCannotRead() throws Exception {
    String tool = driverThatPrints("0, NVIDIA H200, [N/A], GPU-1");
    assertThatThrownBy(() -> Devices.detect(tool)).hasMessageContaining("[N/A]");
  }

  private String driverThatPrints(String text) throws IOException {
    Path listing = Files.writeString(folder.resolve("listing"), text);
    return executable("cat " + listing).toString();
  }

  private Path executable(String command) throws IOException {
    Path tool = Files.writeString(folder.resolve("driver-tool"), "#!/bin/sh\n" + command + "\n");
    assertThat(tool.toFile().setExecutable(true)).isTrue();
    return tool;
  }
}
