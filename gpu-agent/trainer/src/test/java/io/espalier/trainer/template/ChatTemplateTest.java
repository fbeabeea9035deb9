package io.espalier.trainer.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.domain.problem.Refused;
import io.espalier.trainer.template.ChatTemplate.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ChatTemplateTest {

  private static final Map<String, String> TOKENS = Map.of("bos_token", "<s>", "eos_token", "</s>");

  /** As Jinja itself renders them; {@code template/cases.py} wrote them down. */
  static Stream<Arguments> cases() throws IOException {
    try (var in =
        Objects.requireNonNull(
            ChatTemplateTest.class.getResourceAsStream("/template/cases.json"))) {
      var cases = new ArrayList<Arguments>();
      for (var one : new JsonMapper().readTree(in))
        cases.add(
            Arguments.argumentSet(
                one.path("name").asString() + ", " + one.path("messages").size() + " turns", one));
      return cases.stream();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void rendersAsJinjaDoes(JsonNode one) {
    var messages = new ArrayList<Message>();
    for (var turn : one.path("messages"))
      messages.add(new Message(turn.path("role").asString(), turn.path("content").asString()));
    var template = ChatTemplate.of(one.path("template").asString(), TOKENS);
    boolean asks = one.path("asks").asBoolean();
    if (one.has("refused"))
      assertThatThrownBy(() -> template.render(messages, asks)).isInstanceOf(Refused.class);
    else assertThat(template.render(messages, asks)).isEqualTo(one.path("text").asString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for m in messages %}",
        "{% endif %}",
        "{{ 'open }}",
        "{{ a ? b }}",
        "{% include 'x' %}",
        "{{ messages | frobnicate }}",
        "{{ messages is frobnicated }}",
        "{{ 'x'.getClass() }}",
        "{{ messages.__class__.__mro__ () }}",
        "{{ 1 // 0 }}",
        "{# open",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% for a in range(9999) %}{% for b in range(9999) %}{{ a }}{% endfor %}{% endfor %}",
      })
  void refusesWhatItDoesNotKnow(String source) {
    assertThatThrownBy(() ->
            ChatTemplate.of(source, TOKENS).render(List.of(new Message("user", "hello")), true))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("chat_template");
  }

  @Test
  void aTemplateMayRefuseWhatItIsGiven() {
    var template = ChatTemplate.of("{{ raise_exception('roles must alternate') }}", TOKENS);
    assertThatThrownBy(() -> template.render(List.of(), false))
        .hasMessageContaining("roles must alternate");
  }

  @Test
  void aFolderBringsItsTemplateAndTokens(@TempDir Path folder) throws IOException {
    assertThat(ChatTemplate.in(folder)).isEmpty();
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        """
        {"bos_token": {"content": "<b>"}, "eos_token": "<e>",
         "chat_template": [{"name": "tool_use", "template": "no"},
                           {"name": "default", "template": "{{ bos_token }}{{ eos_token }}"}]}
        """);
    assertThat(ChatTemplate.in(folder).orElseThrow().render(List.of(), false)).isEqualTo("<b><e>");
    Files.writeString(folder.resolve("chat_template.jinja"), "own{{ eos_token }}");
    assertThat(ChatTemplate.in(folder).orElseThrow().render(List.of(), false)).isEqualTo("own<e>");
  }
}
