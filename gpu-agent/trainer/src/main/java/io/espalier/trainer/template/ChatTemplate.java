package io.espalier.trainer.template;

import io.espalier.models.json.StrictJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * How a model wants a conversation written.
 *
 * @param tokens by name, such as {@code bos_token}
 */
public record ChatTemplate(List<Syntax.Statement> statements, Map<String, String> tokens) {

  /** One turn of a conversation. */
  public record Message(String role, String content) {}

  private static final List<String> TOKENS =
      List.of("bos_token", "eos_token", "unk_token", "pad_token");
  private static final long LONGEST = 1 << 20;

  public ChatTemplate {
    statements = List.copyOf(statements);
    tokens = Map.copyOf(tokens);
  }

  /** Throws {@link io.espalier.domain.problem.Refused} where it is not understood. */
  public static ChatTemplate of(String source, Map<String, String> tokens) {
    return new ChatTemplate(Parser.parse(source), tokens);
  }

  /** The template of a model's folder: a file of its own, or in the tokenizer's configuration. */
  public static Optional<ChatTemplate> in(Path folder) throws IOException {
    var config = folder.resolve("tokenizer_config.json");
    var tokens = new HashMap<String, String>();
    var source = Optional.<String>empty();
    if (Files.isRegularFile(config)) {
      var json = StrictJson.object(config);
      for (var name : TOKENS) token(json.path(name)).ifPresent(token -> tokens.put(name, token));
      source = source(json.path("chat_template"));
    }
    var own = folder.resolve("chat_template.jinja");
    if (Files.isRegularFile(own)) {
      if (Files.size(own) > LONGEST) throw TemplateFlaw.of(Files.size(own) + " bytes");
      source = Optional.of(Files.readString(own));
    }
    return source.map(text -> of(text, tokens));
  }

  /** A text, or several by name, of which the one without a purpose is taken. */
  private static Optional<String> source(JsonNode node) {
    if (node.isString()) return Optional.of(node.asString());
    for (var one : node)
      if (one.path("name").asString("").equals("default"))
        return Optional.of(one.path("template").asString(""));
    return Optional.empty();
  }

  private static Optional<String> token(JsonNode node) {
    if (node.isString()) return Optional.of(node.asString());
    return node.path("content").isString()
        ? Optional.of(node.path("content").asString())
        : Optional.empty();
  }

  /** {@code asks}: whether the model's turn is begun at the end. */
  public String render(List<Message> messages, boolean asks) {
    var turns = new ArrayList<Object>();
    for (var message : messages) {
      var turn = new LinkedHashMap<String, Object>();
      turn.put("role", message.role());
      turn.put("content", message.content());
      turns.add(turn);
    }
    var given = new HashMap<String, Object>(tokens);
    given.put("messages", turns);
    given.put("add_generation_prompt", asks);
    given.put("tools", Values.NONE);
    given.put("documents", Values.NONE);
    given.put(
        "strftime_now",
        (Values.Function)
            (format, _) ->
                LocalDate.now(ZoneOffset.UTC)
                    .format(
                        DateTimeFormatter.ofPattern(
                            Values.text(format.getFirst())
                                .replace("%d", "dd")
                                .replace("%b", "MMM")
                                .replace("%B", "MMMM")
                                .replace("%Y", "yyyy")
                                .replace("%m", "MM"),
                            Locale.ENGLISH)));
    return Rendering.of(statements, given);
  }
}
