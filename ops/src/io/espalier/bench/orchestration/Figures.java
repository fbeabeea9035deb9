package io.espalier.bench.orchestration;

import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What was measured, told at once and kept for the line at the end. */
final class Figures {

  private final Map<String, Object> figures = new LinkedHashMap<>();

  void heading() {
    System.out.printf("%-52s %-62s %-18s %s%n", "measure", "value", "goal", "load");
  }

  void tell(String what, String value, String goal) {
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    System.out.printf("%-52s %-62s %-18s %s%n", what, value, goal, text("%.1f", load));
    System.out.flush();
  }

  void keep(String name, double value) {
    figures.put(name, Double.isFinite(value) ? Math.round(value * 10) / 10.0 : null);
  }

  /** The same of the peer, in the same minutes. */
  void peer(String name, double value, String format, Object... values) {
    tell("  the same of Slurm", text(format, values), "");
    keep("peer_" + name, value);
  }

  static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  Map<String, Object> all() {
    return figures;
  }
}
