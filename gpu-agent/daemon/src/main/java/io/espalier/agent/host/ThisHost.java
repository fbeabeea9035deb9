package io.espalier.agent.host;

import io.espalier.domain.wire.Hello.HostFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** The facts of this host that the platform is told. */
public final class ThisHost {

  /**
   * @param folder whose disk will hold inputs and checkpoints
   */
  public static HostFacts facts(Path folder) throws IOException {
    return new HostFacts(
        name(),
        version(),
        Runtime.getRuntime().availableProcessors(),
        Devices.memoryBytes(),
        Files.getFileStore(folder).getUsableSpace());
  }

  public static String name() throws IOException {
    return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
  }

  private static String version() {
    return Objects.requireNonNullElse(
        ThisHost.class.getPackage().getImplementationVersion(), "development");
  }

  private ThisHost() {}
}
