package io.espalier.trainer.reading;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a profiler has recorded, in the trace format of Chrome: the time that each operator took
 * itself, without the operators that it called.
 */
record Trace(Map<String, Self> operators) {

  /**
   * @param micros of all its calls together
   */
  record Self(long calls, double micros) {
    private Self plus(long moreCalls, double moreMicros) {
      return new Self(calls + moreCalls, micros + moreMicros);
    }
  }

  /** Of one step. */
  record Operator(String name, double calls, double milliseconds) {}

  private record Event(String name, String thread, double start, double duration) {
    double end() {
      return start + duration;
    }
  }

  Trace {
    operators = Map.copyOf(operators);
  }

  static Trace read(Path file) {
    var byThread = new TreeMap<String, List<Event>>();
    for (var node : new JsonMapper().readTree(file)) {
      if (!node.path("ph").asString("").equals("X")) continue;
      var event =
          new Event(
              node.path("name").asString(),
              node.path("tid").asString(),
              node.path("ts").asDouble(),
              node.path("dur").asDouble());
      byThread.computeIfAbsent(event.thread(), _ -> new ArrayList<>()).add(event);
    }
    var operators = new HashMap<String, Self>();
    byThread.values().forEach(events -> count(events, operators));
    return new Trace(operators);
  }

  /** An event that began while another ran was called by it. */
  private static void count(List<Event> events, Map<String, Self> operators) {
    events.sort(
        Comparator.comparingDouble(Event::start)
            .thenComparing(Comparator.comparingDouble(Event::duration).reversed()));
    var open = new ArrayDeque<Event>();
    for (var event : events) {
      while (!open.isEmpty() && open.element().end() <= event.start()) open.pop();
      Optional.ofNullable(open.peek())
          .ifPresent(caller -> add(operators, caller.name(), 0, -event.duration()));
      add(operators, event.name(), 1, event.duration());
      open.push(event);
    }
  }

  private static void add(Map<String, Self> operators, String name, long calls, double micros) {
    operators.put(name, operators.getOrDefault(name, new Self(0, 0)).plus(calls, micros));
  }

  /** The longest first. */
  List<Operator> perStep(int steps) {
    return operators.entrySet().stream()
        .map(entry ->
            new Operator(
                entry.getKey(),
                (double) entry.getValue().calls() / steps,
                entry.getValue().micros() / 1000 / steps))
        .sorted(
            Comparator.comparingDouble(Operator::milliseconds)
                .reversed()
                .thenComparing(Operator::name))
        .toList();
  }
}
