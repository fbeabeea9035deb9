package io.espalier.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** What must hold when the faults are over; each violation is a sentence. */
final class Verdict {

  private static final long LATE_TICKS_FORGIVEN = 1;

  private final Field field;
  private final History history;
  private final List<String> violations = new ArrayList<>();

  Verdict(Field field, History history) {
    this.field = field;
    this.history = history;
  }

  List<String> reach() throws Exception {
    everyJobEnds();
    acknowledgedJobsExist();
    equalSeedsHaveEqualWeights();
    noTaskRanTwiceAtOnce();
    checkerAgrees();
    auditIsWhole();
    return violations;
  }

  private void everyJobEnds() throws SQLException, InterruptedException {
    long end = System.nanoTime() + 240_000_000_000L;
    long open = 1;
    while (open > 0 && System.nanoTime() < end) {
      Thread.sleep(500);
      try {
        open =
            number(
                "select count(*) from job where state not in ('SUCCEEDED', 'FAILED', 'CANCELLED')");
      } catch (SQLException restarting) {
        open = 1;
      }
    }
    for (String job : texts(
        """
        select id || ' is ' || state || coalesce(' ' || pause_reason, '') from job
        where state not in ('SUCCEEDED', 'FAILED', 'CANCELLED')
        """)) {
      violations.add("job " + job + " although the faults are long over");
    }
    for (String job : texts(
        "select id || ' ' || failure_reason || ': ' || coalesce(problem ->> 'message', '')"
            + " from job where state = 'FAILED' and failure_reason <> 'LOST'")) {
      violations.add("job " + job);
    }
  }

  private void acknowledgedJobsExist() throws IOException, SQLException {
    var stored = new TreeSet<>(texts("select id::text from job"));
    var byKey = new LinkedHashMap<String, String>();
    for (JsonNode answer : history.all("acknowledged")) {
      String job = answer.path("job").asString();
      String before = byKey.put(answer.path("key").asString(), job);
      if (before != null && !before.equals(job)) {
        violations.add("one submission became two jobs: " + before + " and " + job);
      }
      if (!stored.contains(job)) violations.add("acknowledged job " + job + " is lost");
    }
    int submissions = history.all("submit").size();
    if (stored.size() > submissions) {
      violations.add(stored.size() + " jobs of " + submissions + " submissions");
    }
  }

  private void equalSeedsHaveEqualWeights() throws SQLException {
    var bySeed = new TreeMap<String, TreeSet<String>>();
    for (String row : texts(
        """
        select j.seed || ' ' || (f -> 'blob' ->> 'sha256')
        from artifact a join job j on j.id = a.job_id, jsonb_array_elements(a.files) f
        where a.kind = 'WEIGHTS' and (f ->> 'name') like '%weights%'
        """)) {
      String[] words = row.split(" ");
      bySeed.computeIfAbsent(words[0], _ -> new TreeSet<>()).add(words[1]);
    }
    bySeed.forEach((seed, weights) -> {
      if (weights.size() > 1) violations.add("seed " + seed + " has weights " + weights);
    });
  }

  /** A run of a task that still ticks after the next run's first tick. */
  private void noTaskRanTwiceAtOnce() throws IOException {
    try (Stream<Path> files = Files.list(field.folder.resolve("ticks"))) {
      for (Path file : files.toList()) {
        var ticks = new LinkedHashMap<String, List<Long>>();
        for (String line : Files.readAllLines(file)) {
          String[] words = line.split(" ");
          ticks.computeIfAbsent(words[0], _ -> new ArrayList<>()).add(Long.parseLong(words[2]));
        }
        var runs = new ArrayList<>(ticks.values());
        for (int i = 0; i + 1 < runs.size(); i++) {
          long next = runs.get(i + 1).getFirst();
          long late = runs.get(i).stream().filter(tick -> tick > next).count();
          if (late > LATE_TICKS_FORGIVEN) {
            violations.add(
                "task " + file.getFileName() + " made " + late + " steps beside its next run");
          }
        }
      }
    }
  }

  private void checkerAgrees() throws IOException, InterruptedException {
    Path report = field.folder.resolve("invariants.txt");
    var check =
        new ProcessBuilder(
                field.installation.root().resolve("ops/check-invariants").toString())
            .redirectErrorStream(true)
            .redirectOutput(report.toFile());
    check.environment().putAll(field.database.settings());
    check.environment().put("ESPALIER_BLOBS", field.folder.resolve("blobs").toString());
    int code = check.start().waitFor();
    if (code == 0) return;
    List<String> lines = Files.readAllLines(report);
    for (String line : lines) {
      if (line.matches("\\s*[1-9]\\d*  .*")) violations.add("invariant: " + line.strip());
    }
    if (code != 1) violations.add("the invariants could not be checked: " + lines);
  }

  private void auditIsWhole() throws Exception {
    JsonNode chain = field.rest().get("audit/chain");
    if (!chain.path("sound").asBoolean()) violations.add("the audit's chain is broken: " + chain);
  }

  /** How many jobs came to which end. */
  Map<String, Long> ends() throws SQLException {
    var ends = new TreeMap<String, Long>();
    for (String state : texts("select state from job")) ends.merge(state, 1L, Long::sum);
    return ends;
  }

  private long number(String query) throws SQLException {
    return Long.parseLong(texts(query).getFirst());
  }

  private List<String> texts(String query) throws SQLException {
    try (var connection = field.database.connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      var texts = new ArrayList<String>();
      while (rows.next()) texts.add(rows.getString(1));
      return texts;
    }
  }
}
