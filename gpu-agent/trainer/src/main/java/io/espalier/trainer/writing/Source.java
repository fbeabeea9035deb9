package io.espalier.trainer.writing;

import io.espalier.domain.problem.Category;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import io.espalier.trainer.template.ChatTemplate.Message;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is learned from: a text as a whole, or conversations. */
sealed interface Source {

  /** A text that runs on, cut in three. */
  record Running(String train, String validation, String test) implements Source {}

  /** Conversations that end with an answer. */
  record Conversations(
      List<List<Message>> train, List<List<Message>> validation, List<List<Message>> test)
      implements Source {

    public Conversations {
      train = List.copyOf(train);
      validation = List.copyOf(validation);
      test = List.copyOf(test);
    }
  }

  Set<String> ROLES = Set.of("system", "user", "assistant", "tool");
  JsonMapper JSON = new JsonMapper();

  /**
   * Reads a {@code .txt} or a {@code .jsonl} file. Without a test file of its own a tenth is held
   * out for it, and another tenth to validate on: of a text its end, of conversations those that
   * their contents choose.
   */
  static Source read(Path file, Optional<Path> test) throws IOException {
    if (isConversations(file)) return conversations(file, test);
    requireText(file);
    var text = text(file);
    int first = boundary(text, test.isPresent() ? 0.9 : 0.8);
    int second = test.isPresent() ? text.length() : boundary(text, 0.9);
    return new Running(
        text.substring(0, first),
        text.substring(first, second),
        test.isPresent() ? text(test.get()) : text.substring(second));
  }

  /** The same, all of it to judge a model by. */
  static Source whole(Path file) throws IOException {
    if (isConversations(file)) {
      var all = conversations(file);
      return new Conversations(all, all, all);
    }
    requireText(file);
    var text = text(file);
    return new Running(text, text, text);
  }

  private static boolean isConversations(Path file) {
    return name(file).endsWith(".jsonl");
  }

  private static void requireText(Path file) {
    if (!name(file).endsWith(".txt"))
      throw refused(
          name(file), "another ending", "a .txt of one text, or a .jsonl of conversations");
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
  }

  private static String text(Path file) throws IOException {
    try {
      return Files.readString(file);
    } catch (MalformedInputException e) {
      throw refused(String.valueOf(file.getFileName()), "bytes that are no UTF-8", "UTF-8");
    }
  }

  /** The end of the line there. */
  private static int boundary(String text, double share) {
    int end = text.indexOf('\n', (int) (share * text.length()));
    return end < 0 ? text.length() : end + 1;
  }

  private static Source conversations(Path file, Optional<Path> test) throws IOException {
    var all = conversations(file);
    var held = test.isPresent() ? conversations(test.get()) : List.<List<Message>>of();
    var train = new ArrayList<List<Message>>();
    var validation = new ArrayList<List<Message>>();
    var rest = new ArrayList<>(held);
    for (var one : all) {
      long tenth = hash(one) % 10;
      if (tenth == 0) validation.add(one);
      else if (tenth == 1 && test.isEmpty()) rest.add(one);
      else train.add(one);
    }
    for (var part : List.of(train, validation, rest))
      if (part.isEmpty())
        throw refused(
            String.valueOf(file.getFileName()),
            all.size() + " rows",
            "rows enough for three parts");
    return new Conversations(train, validation, rest);
  }

  private static long hash(List<Message> conversation) {
    var sum = new CRC32();
    for (var message : conversation)
      sum.update(
          (message.role() + "\n" + message.content() + "\n").getBytes(StandardCharsets.UTF_8));
    return sum.getValue();
  }

  private static List<List<Message>> conversations(Path file) throws IOException {
    var lines = text(file).lines().toList();
    var all = new ArrayList<List<Message>>();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).isBlank()) continue;
      var place = file.getFileName() + ":" + (i + 1);
      try {
        all.add(conversation(place, JSON.readTree(lines.get(i))));
      } catch (JacksonException e) {
        throw refused(place, "no JSON: " + e.getOriginalMessage(), "one JSON object a line");
      }
    }
    return all;
  }

  /** In one of the forms that are in use. */
  private static List<Message> conversation(String place, JsonNode row) {
    if (row.path("messages").isArray()) return messages(place, row.path("messages"));
    if (row.has("prompt") && row.has("completion"))
      return List.of(
          message(place, "user", row.path("prompt")),
          message(place, "assistant", row.path("completion")));
    if (row.has("instruction") && row.has("output")) {
      var input = row.path("input").asString("").strip();
      var asked = message(place, "user", row.path("instruction"));
      return List.of(
          input.isEmpty() ? asked : new Message("user", asked.content() + "\n\n" + input),
          message(place, "assistant", row.path("output")));
    }
    throw refused(
        place,
        "the keys " + String.join(", ", row.propertyNames()),
        "messages, or prompt and completion, or instruction, input and output");
  }

  private static List<Message> messages(String place, JsonNode turns) {
    var messages = new ArrayList<Message>();
    for (var turn : turns) {
      var role = turn.path("role").asString("");
      if (!ROLES.contains(role))
        throw refused(place, "the role \"" + role + "\"", "one of system, user, assistant, tool");
      messages.add(message(place, role, turn.path("content")));
    }
    if (messages.isEmpty() || !messages.getLast().role().equals("assistant"))
      throw refused(place, "no last answer", "messages that end with one of the assistant");
    return messages;
  }

  private static Message message(String place, String role, JsonNode content) {
    if (!content.isString())
      throw refused(place, "a " + role + "'s content that is no text", "a text in quotes");
    return new Message(role, content.asString());
  }

  private static Refused refused(String thing, String found, String limit) {
    return new Refused(
        Problem.of(
                "texts-invalid",
                Category.INVALID,
                thing,
                "This cannot be learned from.",
                "Mend or remove it.")
            .found(found)
            .allowed(limit));
  }
}
