package io.espalier.models.weights;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.models.json.StrictJson;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * What the header of a safetensors file says, checked: known types, at most 8 dimensions, sizes
 * without overflow, tensors that cover the data without hole or overlap.
 *
 * @param entries in the order of the header; offsets count from the end of the header
 */
record SafetensorsHeader(Map<String, Entry> entries, Map<String, String> metadata) {

  static final long MAX_BYTES = 16L << 20;
  private static final int MAX_RANK = 8;

  record Entry(ElementType type, List<Long> shape, long begin, long end) {}

  /**
   * @param file what a refusal calls it
   * @param data bytes after the header
   */
  static SafetensorsHeader parse(String file, ByteBuffer header, long data) {
    var parsed = new Reader(file).read(StrictJson.text(file, header));
    parsed.mustCover(file, data);
    return parsed;
  }

  private void mustCover(String file, long data) {
    var inOrder = new ArrayList<>(entries.entrySet());
    inOrder.sort(
        Comparator.<Map.Entry<String, Entry>>comparingLong(e -> e.getValue().begin())
            .thenComparingLong(e -> e.getValue().end()));
    long covered = 0;
    for (var named : inOrder) {
      var entry = named.getValue();
      if (entry.begin() != covered)
        throw refused(
            file,
            "the tensor \"%s\" begins at byte %d of the data, where %d was expected: there is %s."
                .formatted(
                    shortened(named.getKey()),
                    entry.begin(),
                    covered,
                    entry.begin() > covered ? "a hole" : "an overlap"));
      covered = entry.end();
    }
    if (covered != data)
      throw refused(
          file, "its tensors take %d bytes of data, the file holds %d.".formatted(covered, data));
  }

  static Refused refused(String file, String message) {
    return refused(file, message, null);
  }

  static Refused refused(String file, String message, @Nullable Throwable cause) {
    var problem =
        Problem.of(
                "safetensors-invalid",
                Category.INVALID,
                file,
                "The file is no sound safetensors.",
                "Download or save the file again.")
            .found(message)
            .allowed("a header of at most %d bytes, then tensors without gap".formatted(MAX_BYTES));
    return cause == null ? new Refused(problem) : new Refused(problem, cause);
  }

  private static String shortened(String name) {
    return name.length() <= 100 ? name : name.substring(0, 100) + "…";
  }

  /** A token at a time: a header of 16 MiB as a tree would take more memory than a trainer has. */
  private record Reader(String file) {

    SafetensorsHeader read(String text) {
      try (var json = StrictJson.mapper().createParser(text)) {
        expect(json.nextToken(), JsonToken.START_OBJECT, "the header is not a JSON object.");
        var entries = new LinkedHashMap<String, Entry>();
        Map<String, String> metadata = Map.of();
        while (json.nextToken() != JsonToken.END_OBJECT) {
          var name = json.currentName();
          json.nextToken();
          if (name.equals("__metadata__")) metadata = metadata(json);
          else entries.put(name, entry(json, shortened(name)));
        }
        if (json.nextToken() != null) throw refused(file, "text follows the header's JSON object.");
        return new SafetensorsHeader(Collections.unmodifiableMap(entries), metadata);
      } catch (JacksonException e) {
        throw refused(file, "the header is not strict JSON: " + e.getOriginalMessage(), e);
      }
    }

    private Map<String, String> metadata(JsonParser json) {
      expect(json.currentToken(), JsonToken.START_OBJECT, "__metadata__ is not an object.");
      var metadata = new LinkedHashMap<String, String>();
      while (json.nextToken() != JsonToken.END_OBJECT) {
        var key = json.currentName();
        expect(json.nextToken(), JsonToken.VALUE_STRING, "__metadata__ holds more than texts.");
        metadata.put(key, json.getString());
      }
      return Collections.unmodifiableMap(metadata);
    }

    private Entry entry(JsonParser json, String name) {
      expect(json.currentToken(), JsonToken.START_OBJECT, about(name, "is not an object."));
      Optional<ElementType> type = Optional.empty();
      Optional<List<Long>> shape = Optional.empty(), offsets = Optional.empty();
      while (json.nextToken() != JsonToken.END_OBJECT) {
        var key = json.currentName();
        json.nextToken();
        switch (key) {
          case "dtype" -> type = Optional.of(type(json, name));
          case "shape" -> shape = Optional.of(numbers(json, MAX_RANK, about(name, "shape")));
          case "data_offsets" -> offsets = Optional.of(numbers(json, 2, about(name, "offsets")));
          default ->
              throw refused(file, about(name, "has the unknown key " + shortened(key) + "."));
        }
      }
      if (type.isEmpty() || shape.isEmpty() || offsets.isEmpty() || offsets.get().size() != 2)
        throw refused(file, about(name, "needs dtype, shape and two data_offsets."));
      return checked(name, type.get(), shape.get(), offsets.get());
    }

    private Entry checked(String name, ElementType type, List<Long> shape, List<Long> offsets) {
      long begin = offsets.get(0), end = offsets.get(1), bytes;
      try {
        bytes = Math.multiplyExact(Tensor.elements(shape), type.bytes());
      } catch (ArithmeticException e) {
        throw refused(file, about(name, "has more elements than 64 bits can count."), e);
      }
      if (end < begin || end - begin != bytes)
        throw refused(
            file,
            about(
                name,
                "of %s %s takes %d bytes, its offsets [%d, %d] say otherwise."
                    .formatted(type, shape, bytes, begin, end)));
      return new Entry(type, shape, begin, end);
    }

    private ElementType type(JsonParser json, String name) {
      expect(
          json.currentToken(), JsonToken.VALUE_STRING, about(name, "has a dtype that is no text."));
      var found = json.getString();
      return ElementType.named(found)
          .orElseThrow(
              () -> refused(file, about(name, "has the unknown dtype " + shortened(found) + ".")));
    }

    private List<Long> numbers(JsonParser json, int most, String what) {
      expect(json.currentToken(), JsonToken.START_ARRAY, what + " is not a list.");
      var numbers = new ArrayList<Long>();
      while (json.nextToken() != JsonToken.END_ARRAY) {
        expect(
            json.currentToken(),
            JsonToken.VALUE_NUMBER_INT,
            what + " holds more than whole numbers.");
        if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER || json.getLongValue() < 0)
          throw refused(file, what + " holds a number that is negative or beyond 64 bits.");
        numbers.add(json.getLongValue());
        if (numbers.size() > most)
          throw refused(file, what + " has more than " + most + " entries.");
      }
      return numbers;
    }

    private void expect(@Nullable JsonToken found, JsonToken wanted, String otherwise) {
      if (found != wanted) throw refused(file, otherwise);
    }

    private static String about(String name, String text) {
      return "the tensor \"" + name + "\" " + text;
    }
  }
}
