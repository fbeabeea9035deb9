package io.espalier.trainer.writing;

import io.espalier.trainer.engine.Encoded;
import io.espalier.trainer.engine.Tokenizer;
import io.espalier.trainer.template.ChatTemplate;
import io.espalier.trainer.template.ChatTemplate.Message;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Reads texts and conversations as tokens.
 *
 * @param bare adds no tokens by itself
 * @param template of the model; without one, turns are lines
 * @param end text of the token that ends a text, where the tokenizer has one
 */
record Passages(Tokenizer bare, Optional<ChatTemplate> template, Optional<String> end) {

  /** A text cut in windows of one length; what is left at its end is too short to be one. */
  List<Passage> windows(String text, int length) {
    var ids = bare.encode(text).ids();
    var windows = new ArrayList<Passage>();
    for (int from = 0; from + length <= ids.length; from += length)
      windows.add(Passage.whole(Arrays.copyOfRange(ids, from, from + length)));
    return windows;
  }

  /** What the assistant says is told; what the others say is only read. */
  Passage conversation(List<Message> messages) {
    var text = written(messages, false);
    var spans = new ArrayList<int[]>();
    for (int turn = 0; turn < messages.size(); turn++) {
      if (!messages.get(turn).role().equals("assistant")) continue;
      int from = common(text, written(messages.subList(0, turn), true));
      int to =
          turn == messages.size() - 1
              ? text.length()
              : common(text, written(messages.subList(0, turn + 1), false));
      spans.add(new int[] {text.codePointCount(0, from), text.codePointCount(0, to)});
    }
    return passage(bare.details(text), spans);
  }

  /** What is asked, up to where the assistant begins. */
  int[] question(List<Message> messages) {
    return bare.encode(written(messages.subList(0, messages.size() - 1), true)).ids();
  }

  private static Passage passage(Encoded encoded, List<int[]> spans) {
    int[] ids = encoded.ids().stream().mapToInt(Math::toIntExact).toArray();
    var told = new BitSet();
    for (int i = 0; i < ids.length; i++) {
      long from = encoded.spans().get(i).get(0), to = encoded.spans().get(i).get(1);
      for (var span : spans) if (from >= span[0] && to <= span[1] && to > from) told.set(i);
    }
    return new Passage(ids, told);
  }

  private String written(List<Message> messages, boolean asks) {
    if (template.isPresent()) return template.get().render(messages, asks);
    var text = new StringBuilder();
    for (var message : messages) {
      boolean answers = message.role().equals("assistant");
      text.append(answers ? "\nAnswer: " : message.role().equals("user") ? "Question: " : "")
          .append(message.content().strip())
          .append(answers ? end.orElse("\n") : "\n");
    }
    return asks ? text.append("\nAnswer:").toString() : text.toString();
  }

  /** Characters that both begin with. */
  private static int common(String text, String beginning) {
    int same = 0, most = Math.min(text.length(), beginning.length());
    while (same < most && text.charAt(same) == beginning.charAt(same)) same++;
    return same;
  }
}
