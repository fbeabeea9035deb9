package io.espalier.orchestrator.database;

import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** JSON columns: the domain's records, written and read back as they are. */
public final class Json {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  public static String write(Object value) {
    return MAPPER.writeValueAsString(value);
  }

  public static <T> T read(String json, Class<T> type) {
    return MAPPER.readValue(json, type);
  }

  public static <T> T read(String json, TypeReference<T> type) {
    return MAPPER.readValue(json, type);
  }

  private Json() {}
}
