package io.espalier.trainer.template;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Cuts a template into text and tags, and tags into tokens. As Hugging Face sets Jinja up, a
 * statement alone on its line leaves no line behind, and the end of the last line is none.
 */
final class Lexer {

  enum Kind {
    TEXT,
    OUTPUT_BEGIN,
    OUTPUT_END,
    STATEMENT_BEGIN,
    STATEMENT_END,
    NAME,
    STRING,
    NUMBER,
    OPERATOR
  }

  record Token(Kind kind, String text, int line) {}

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern NUMBER = Pattern.compile("\\d+(\\.\\d+)?");
  private static final Pattern OPERATOR =
      Pattern.compile("==|!=|<=|>=|//|\\*\\*|[-+*/%~<>=|.,:()\\[\\]{}]");

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int at;

  /** Brackets that are open in the present tag: what ends it may stand inside them. */
  private int depth;

  private Lexer(String source) {
    this.source = source;
  }

  static List<Token> tokens(String source) {
    var text = source.replace("\r\n", "\n");
    var lexer = new Lexer(text.endsWith("\n") ? text.substring(0, text.length() - 1) : text);
    lexer.run();
    return List.copyOf(lexer.tokens);
  }

  private void run() {
    boolean trim = false, afterStatement = false;
    while (at < source.length()) {
      int tag = nextTag();
      var text = source.substring(at, tag);
      if (trim) text = text.stripLeading();
      else if (afterStatement && text.startsWith("\n")) text = text.substring(1);
      if (tag == source.length()) {
        add(Kind.TEXT, text);
        return;
      }
      char kind = source.charAt(tag + 1);
      boolean trimsBefore = at(tag + 2) == '-';
      if (trimsBefore) text = text.stripTrailing();
      else if (kind != '{' && at(tag + 2) != '+') text = withoutIndent(text, tag);
      add(Kind.TEXT, text);
      at = tag + 2 + (trimsBefore || at(tag + 2) == '+' ? 1 : 0);
      trim =
          switch (kind) {
            case '#' -> comment();
            case '{' -> tag(Kind.OUTPUT_BEGIN, Kind.OUTPUT_END, "}}");
            default -> tag(Kind.STATEMENT_BEGIN, Kind.STATEMENT_END, "%}");
          };
      afterStatement = kind != '{';
    }
  }

  private char at(int index) {
    return index < source.length() ? source.charAt(index) : '\0';
  }

  private int nextTag() {
    for (int i = at; i + 1 < source.length(); i++)
      if (source.charAt(i) == '{' && "{%#".indexOf(source.charAt(i + 1)) >= 0) return i;
    return source.length();
  }

  /** Blanks between the beginning of a line and a statement go. */
  private String withoutIndent(String text, int tag) {
    int begin = text.lastIndexOf('\n') + 1;
    boolean wholeLine = begin > 0 || tag == text.length() || at(tag - text.length() - 1) == '\n';
    return wholeLine && text.substring(begin).isBlank() ? text.substring(0, begin) : text;
  }

  private boolean comment() {
    int end = source.indexOf("#}", at);
    if (end < 0) throw TemplateFlaw.at(line(at), "a comment has no end");
    boolean trims = at(end - 1) == '-';
    at = end + 2;
    return trims;
  }

  /** Whether what follows is trimmed. */
  private boolean tag(Kind begin, Kind end, String closing) {
    add(begin, "");
    depth = 0;
    while (true) {
      while (Character.isWhitespace(at(at))) at++;
      boolean trims = at(at) == '-' && source.startsWith(closing, at + 1);
      if (depth == 0 && (trims || source.startsWith(closing, at))) {
        at += closing.length() + (trims ? 1 : 0);
        add(end, "");
        return trims;
      }
      if (at >= source.length()) throw TemplateFlaw.at(line(at), "a tag has no " + closing);
      token();
    }
  }

  private void token() {
    char first = source.charAt(at);
    if (first == '\'' || first == '"') {
      string(first);
      return;
    }
    for (var kind : List.of(Kind.NAME, Kind.NUMBER, Kind.OPERATOR)) {
      var pattern = kind == Kind.NAME ? NAME : kind == Kind.NUMBER ? NUMBER : OPERATOR;
      var matcher = pattern.matcher(source).region(at, source.length());
      if (matcher.lookingAt()) {
        add(kind, matcher.group());
        if (kind == Kind.OPERATOR) depth += depth(matcher.group());
        at = matcher.end();
        return;
      }
    }
    throw TemplateFlaw.at(line(at), "the character " + first + " means nothing here");
  }

  private static int depth(String operator) {
    return switch (operator) {
      case "{", "[", "(" -> 1;
      case "}", "]", ")" -> -1;
      default -> 0;
    };
  }

  private void string(char quote) {
    var text = new StringBuilder();
    int i = at + 1;
    for (; at(i) != quote; i++) {
      if (i >= source.length()) throw TemplateFlaw.at(line(at), "a string has no end");
      char c = source.charAt(i);
      if (c != '\\') text.append(c);
      else
        text.append(
            switch (at(++i)) {
              case 'n' -> '\n';
              case 't' -> '\t';
              case 'r' -> '\r';
              default -> at(i);
            });
    }
    add(Kind.STRING, text.toString());
    at = i + 1;
  }

  private void add(Kind kind, String text) {
    if (kind != Kind.TEXT || !text.isEmpty()) tokens.add(new Token(kind, text, line(at)));
  }

  private int line(int index) {
    return (int) source.chars().limit(index).filter(c -> c == '\n').count() + 1;
  }
}
