package io.espalier.orchestrator.database;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/**
 * JSON columns: the domain's records, written and read back as they are, save for control
 * characters in texts, which PostgreSQL or a terminal would choke on.
 */
public final class Json {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .addModule(new SimpleModule().addSerializer(String.class, new PrintableTexts()))
          .build();

  private static final class PrintableTexts extends ValueSerializer<String> {
    @Override
    public void serialize(String text, JsonGenerator json, SerializationContext context) {
      json.writeString(Printable.text(text));
    }
  }

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
