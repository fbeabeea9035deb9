package io.espalier.trainer.template;

import io.espalier.domain.problem.Refused;
import io.espalier.trainer.template.Lexer.Kind;
import io.espalier.trainer.template.Lexer.Token;
import io.espalier.trainer.template.Syntax.Expression;
import io.espalier.trainer.template.Syntax.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads tokens as statements and expressions, by recursive descent. */
final class Parser {

  private static final List<String> COMPARISONS = List.of("==", "!=", "<", "<=", ">", ">=");

  private final List<Token> tokens;
  private int at;

  private Parser(List<Token> tokens) {
    this.tokens = tokens;
  }

  static List<Statement> parse(String source) {
    var parser = new Parser(Lexer.tokens(source));
    var all = parser.statements();
    if (parser.at < parser.tokens.size()) throw parser.flaw("a block ends that was not begun");
    return all;
  }

  /** Until the end, or a statement that ends or divides a block. */
  private List<Statement> statements() {
    var all = new ArrayList<Statement>();
    while (at < tokens.size()) {
      var token = tokens.get(at);
      switch (token.kind()) {
        case TEXT -> {
          all.add(new Syntax.Text(token.text()));
          at++;
        }
        case OUTPUT_BEGIN -> {
          at++;
          all.add(new Syntax.Output(expression()));
          expect(Kind.OUTPUT_END, "");
        }
        case STATEMENT_BEGIN -> {
          var word = tokens.get(at + 1).text();
          if (word.startsWith("end") || word.equals("else") || word.equals("elif")) return all;
          at += 2;
          all.add(statement(word));
        }
        default -> throw flaw("something out of place");
      }
    }
    return all;
  }

  private Statement statement(String word) {
    return switch (word) {
      case "if" -> condition();
      case "for" -> loop();
      case "set" -> assignment();
      case "macro" -> macro();
      case "generation", "filter" -> {
        endOfStatement();
        var body = statements();
        end("end" + word);
        yield new Syntax.Block(body);
      }
      case "break", "continue" -> {
        endOfStatement();
        yield word.equals("break") ? Syntax.Jump.BREAK : Syntax.Jump.CONTINUE;
      }
      default -> throw flaw("the statement " + word + " is not known");
    };
  }

  private Statement condition() {
    var branches = new ArrayList<Syntax.Branch>();
    var condition = expression();
    endOfStatement();
    while (true) {
      branches.add(new Syntax.Branch(condition, statements()));
      if (takesStatement("elif")) {
        condition = expression();
        endOfStatement();
      } else if (takesStatement("else")) {
        endOfStatement();
        branches.add(new Syntax.Branch(new Syntax.Constant(true), statements()));
        end("endif");
        return new Syntax.If(List.copyOf(branches));
      } else {
        end("endif");
        return new Syntax.If(List.copyOf(branches));
      }
    }
  }

  private Statement loop() {
    var names = names();
    expect(Kind.NAME, "in");
    var in = withoutChoice();
    var only = takes(Kind.NAME, "if") ? Optional.of(expression()) : Optional.<Expression>empty();
    endOfStatement();
    var body = statements();
    List<Statement> otherwise = List.of();
    if (takesStatement("else")) {
      endOfStatement();
      otherwise = statements();
    }
    end("endfor");
    return new Syntax.For(names, in, only, body, otherwise);
  }

  private Statement assignment() {
    var names = names();
    var attribute = takes(Kind.OPERATOR, ".") ? Optional.of(name()) : Optional.<String>empty();
    if (takes(Kind.OPERATOR, "=")) {
      var value = expression();
      endOfStatement();
      return new Syntax.Set(names, attribute, value);
    }
    endOfStatement();
    var body = statements();
    end("endset");
    return new Syntax.SetBlock(names.getFirst(), body);
  }

  private Statement macro() {
    var name = name();
    var parameters = new ArrayList<Syntax.Parameter>();
    expect(Kind.OPERATOR, "(");
    while (!takes(Kind.OPERATOR, ")")) {
      var parameter = name();
      var standard =
          takes(Kind.OPERATOR, "=") ? Optional.of(expression()) : Optional.<Expression>empty();
      parameters.add(new Syntax.Parameter(parameter, standard));
      boolean more = takes(Kind.OPERATOR, ",");
      if (!more && !shows(Kind.OPERATOR, ")")) throw flaw("a macro's parameters have no end");
    }
    endOfStatement();
    var body = statements();
    end("endmacro");
    return new Syntax.Macro(name, List.copyOf(parameters), body);
  }

  private List<String> names() {
    var names = new ArrayList<String>();
    do names.add(name());
    while (takes(Kind.OPERATOR, ","));
    return List.copyOf(names);
  }

  private Expression expression() {
    var value = withoutChoice();
    if (!takes(Kind.NAME, "if")) return value;
    var condition = withoutChoice();
    var otherwise =
        takes(Kind.NAME, "else") ? Optional.of(expression()) : Optional.<Expression>empty();
    return new Syntax.Choice(value, condition, otherwise);
  }

  private Expression withoutChoice() {
    var left = and();
    while (takes(Kind.NAME, "or")) left = new Syntax.Binary("or", left, and());
    return left;
  }

  private Expression and() {
    var left = not();
    while (takes(Kind.NAME, "and")) left = new Syntax.Binary("and", left, not());
    return left;
  }

  private Expression not() {
    return takes(Kind.NAME, "not") ? new Syntax.Unary("not", not()) : comparison();
  }

  private Expression comparison() {
    var left = sum();
    while (true) {
      var operator = tokenText(Kind.OPERATOR);
      if (COMPARISONS.contains(operator)) {
        at++;
        left = new Syntax.Binary(operator, left, sum());
      } else if (takes(Kind.NAME, "in")) left = new Syntax.Binary("in", left, sum());
      else if (shows(Kind.NAME, "not") && shows(at + 1, Kind.NAME, "in")) {
        at += 2;
        left = new Syntax.Unary("not", new Syntax.Binary("in", left, sum()));
      } else return left;
    }
  }

  private Expression sum() {
    var left = product();
    while (true) {
      var operator = tokenText(Kind.OPERATOR);
      if (!List.of("+", "-", "~").contains(operator)) return left;
      at++;
      left = new Syntax.Binary(operator, left, product());
    }
  }

  private Expression product() {
    var left = unary();
    while (true) {
      var operator = tokenText(Kind.OPERATOR);
      if (!List.of("*", "/", "//", "%").contains(operator)) return left;
      at++;
      left = new Syntax.Binary(operator, left, unary());
    }
  }

  private Expression unary() {
    if (takes(Kind.OPERATOR, "-")) return new Syntax.Unary("-", unary());
    if (takes(Kind.OPERATOR, "+")) return unary();
    return filtered(after(primary()));
  }

  /** Filters and tests. */
  private Expression filtered(Expression value) {
    while (true) {
      if (takes(Kind.OPERATOR, "|")) {
        var name = name();
        var arguments = new Arguments();
        if (takes(Kind.OPERATOR, "(")) arguments.read();
        value = after(new Syntax.Filter(value, name, arguments.plain, arguments.named));
      } else if (takes(Kind.NAME, "is")) {
        boolean negated = takes(Kind.NAME, "not");
        var name = name();
        var arguments = new Arguments();
        if (takes(Kind.OPERATOR, "(")) arguments.read();
        else if (name.equals("in") || name.equals("equalto") || name.equals("divisibleby"))
          arguments.plain.add(after(primary()));
        value = new Syntax.Test(value, name, arguments.plain, negated);
      } else return value;
    }
  }

  /** Attributes, items and calls. */
  private Expression after(Expression value) {
    while (true) {
      if (takes(Kind.OPERATOR, ".")) value = new Syntax.Attribute(value, nameOrNumber());
      else if (takes(Kind.OPERATOR, "[")) value = item(value);
      else if (takes(Kind.OPERATOR, "(")) {
        var arguments = new Arguments();
        arguments.read();
        value = new Syntax.Call(value, arguments.plain, arguments.named);
      } else return value;
    }
  }

  private Expression item(Expression of) {
    var from = part(":");
    if (!takes(Kind.OPERATOR, ":")) {
      expect(Kind.OPERATOR, "]");
      return new Syntax.Index(of, from.orElseThrow(() -> flaw("an index is missing")));
    }
    var to = part(":");
    var step = takes(Kind.OPERATOR, ":") ? part("]") : Optional.<Expression>empty();
    expect(Kind.OPERATOR, "]");
    return new Syntax.Slice(of, from, to, step);
  }

  private Optional<Expression> part(String before) {
    return shows(Kind.OPERATOR, before) || shows(Kind.OPERATOR, "]")
        ? Optional.empty()
        : Optional.of(expression());
  }

  private Expression primary() {
    if (at >= tokens.size()) throw flaw("an expression is missing");
    var token = tokens.get(at++);
    return switch (token.kind()) {
      case STRING -> {
        var text = new StringBuilder(token.text());
        while (tokens.get(at).kind() == Kind.STRING) text.append(tokens.get(at++).text());
        yield new Syntax.Constant(text.toString());
      }
      case NUMBER ->
          new Syntax.Constant(
              token.text().contains(".")
                  ? (Object) Double.valueOf(token.text())
                  : (Object) Long.valueOf(token.text()));
      case NAME ->
          switch (token.text()) {
            case "true", "True" -> new Syntax.Constant(true);
            case "false", "False" -> new Syntax.Constant(false);
            case "none", "None" -> new Syntax.Constant(Values.NONE);
            default -> new Syntax.Name(token.text());
          };
      case OPERATOR ->
          switch (token.text()) {
            case "(" -> parenthesised();
            case "[" -> new Syntax.ListOf(items("]"));
            case "{" -> map();
            default -> throw flaw("an expression cannot begin with " + token.text());
          };
      default -> throw flaw("an expression is missing");
    };
  }

  /** A value, or several as a list. */
  private Expression parenthesised() {
    if (takes(Kind.OPERATOR, ")")) return new Syntax.ListOf(List.of());
    var first = expression();
    if (takes(Kind.OPERATOR, ")")) return first;
    expect(Kind.OPERATOR, ",");
    var all = new ArrayList<Expression>(List.of(first));
    all.addAll(items(")"));
    return new Syntax.ListOf(all);
  }

  private List<Expression> items(String end) {
    var items = new ArrayList<Expression>();
    while (!takes(Kind.OPERATOR, end)) {
      items.add(expression());
      if (!takes(Kind.OPERATOR, ",")) {
        expect(Kind.OPERATOR, end);
        return items;
      }
    }
    return items;
  }

  private Expression map() {
    var entries = new LinkedHashMap<Expression, Expression>();
    while (!takes(Kind.OPERATOR, "}")) {
      var key = expression();
      expect(Kind.OPERATOR, ":");
      entries.put(key, expression());
      if (!takes(Kind.OPERATOR, ",")) {
        expect(Kind.OPERATOR, "}");
        break;
      }
    }
    return new Syntax.MapOf(entries);
  }

  private final class Arguments {
    final List<Expression> plain = new ArrayList<>();
    final Map<String, Expression> named = new LinkedHashMap<>();

    /** Up to the bracket that ends them. */
    void read() {
      while (!takes(Kind.OPERATOR, ")")) {
        if (tokens.get(at).kind() == Kind.NAME && shows(at + 1, Kind.OPERATOR, "=")) {
          var name = name();
          at++;
          named.put(name, expression());
        } else plain.add(expression());
        if (!takes(Kind.OPERATOR, ",")) {
          expect(Kind.OPERATOR, ")");
          return;
        }
      }
    }
  }

  private String name() {
    var name = tokenText(Kind.NAME);
    if (name.isEmpty()) throw flaw("a name is missing");
    at++;
    return name;
  }

  private String nameOrNumber() {
    var number = tokenText(Kind.NUMBER);
    if (number.isEmpty()) return name();
    at++;
    return number;
  }

  /** Text of the next token if it is of that kind, or nothing. */
  private String tokenText(Kind kind) {
    return at < tokens.size() && tokens.get(at).kind() == kind ? tokens.get(at).text() : "";
  }

  private boolean shows(Kind kind, String text) {
    return shows(at, kind, text);
  }

  private boolean shows(int index, Kind kind, String text) {
    return index < tokens.size()
        && tokens.get(index).kind() == kind
        && tokens.get(index).text().equals(text);
  }

  private boolean takes(Kind kind, String text) {
    boolean shows = shows(kind, text);
    if (shows) at++;
    return shows;
  }

  private boolean takesStatement(String word) {
    boolean shows = shows(Kind.STATEMENT_BEGIN, "") && shows(at + 1, Kind.NAME, word);
    if (shows) at += 2;
    return shows;
  }

  private void endOfStatement() {
    expect(Kind.STATEMENT_END, "");
  }

  private void end(String word) {
    if (!takesStatement(word)) throw flaw(word + " is missing");
    endOfStatement();
  }

  private void expect(Kind kind, String text) {
    if (!takes(kind, text))
      throw flaw((text.isEmpty() ? "the end of a tag" : text) + " is missing");
  }

  private Refused flaw(String what) {
    int line = tokens.isEmpty() ? 1 : tokens.get(Math.min(at, tokens.size() - 1)).line();
    return TemplateFlaw.at(line, what);
  }
}
