package io.espalier.house;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What is built in a checkout. */
public record Installation(Path root) {

  private static final String STARTERS = "gpu-agent/trainer/src/main/starter";

  /** A command of {@code ops}, as it is built: nothing is built for it. */
  ProcessBuilder ops(String name) {
    var command = new ProcessBuilder(root.resolve("ops").resolve(name).toString());
    command.environment().put("ESPALIER_OPS_BUILD", "skip");
    return command;
  }

  public Path starters() {
    return root.resolve(STARTERS);
  }

  /** The command of a daemon, without its options. */
  public List<String> agent() throws IOException {
    return List.of(java(), "-Xmx128m", "-jar", jar("gpu-agent/daemon/target", "agent").toString());
  }

  public List<String> trainer() {
    return List.of(root.resolve("ops/trainer").toString(), "run");
  }

  /** Zips drawn images, so many of each class. */
  public void drawImages(Path zip, int perClass) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of(root.resolve("ops/trainer").toString(), "draw-demo"));
    command.addAll(List.of(zip.toString(), "--train", Integer.toString(perClass)));
    int code = new ProcessBuilder(command).inheritIO().start().waitFor();
    if (code != 0) throw new IOException(command + " ended with code " + code);
  }

  public static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  public static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private Path jar(String in, String name) throws IOException {
    try (Stream<Path> files = Files.list(root.resolve(in))) {
      return files
          .filter(file -> file.getFileName().toString().matches(name + "-.*\\.jar"))
          .findFirst()
          .orElseThrow(() -> new IOException("there is no " + in + "/" + name + "-*.jar"));
    }
  }
}
