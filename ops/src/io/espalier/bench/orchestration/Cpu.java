package io.espalier.bench.orchestration;

import java.io.IOException;

/** Processor time that the platform and its database have used since a moment. */
final class Cpu {

  private final Scene scene;
  private final long platform;
  private final long database;

  private Cpu(Scene scene) throws IOException {
    this.scene = scene;
    platform = scene.node.cpuMillis();
    database = scene.database.cpuMillis();
  }

  static Cpu since(Scene scene) throws IOException {
    return new Cpu(scene);
  }

  /** For people, in milliseconds of each of {@code count}: {@code CPU 1.2 + 0.8 ms}. */
  String each(long count) throws IOException {
    double each = Math.max(1, count);
    return Figures.text(
        "CPU %.1f + %.1f ms",
        (scene.node.cpuMillis() - platform) / each,
        (scene.database.cpuMillis() - database) / each);
  }
}
