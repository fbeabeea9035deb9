package io.espalier.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What was done and answered, one JSON object a line; it is added to, over all parts of a run. */
final class History {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path file;

  History(Path file) {
    this.file = file;
  }

  synchronized void add(String what, Map<String, ?> facts) {
    var line = new LinkedHashMap<String, Object>();
    line.put("at", Instant.now().toString());
    line.put("what", what);
    line.putAll(facts);
    try {
      Files.writeString(
          file,
          JSON.writeValueAsString(line) + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("The history cannot be written", e);
    }
  }

  /** Everything of one kind, oldest first; a line that a kill has cut off is left out. */
  synchronized List<JsonNode> all(String what) throws IOException {
    var found = new ArrayList<JsonNode>();
    if (Files.notExists(file)) return found;
    for (String line : Files.readAllLines(file)) {
      if (!line.endsWith("}")) continue;
      JsonNode event = JSON.readTree(line);
      if (event.path("what").asString().equals(what)) found.add(event);
    }
    return found;
  }
}
