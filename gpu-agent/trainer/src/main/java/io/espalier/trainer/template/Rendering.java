package io.espalier.trainer.template;

import io.espalier.trainer.template.Syntax.Expression;
import io.espalier.trainer.template.Syntax.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One rendering of a template. */
final class Rendering {

  /** Far more than any conversation takes; a template that runs on forever is stopped. */
  private static final int MOST_STEPS = 5_000_000;

  private static final int DEEPEST = 100;

  private final StringBuilder out = new StringBuilder();
  private Scope scope;
  private int steps;
  private int depth;

  private static final class Scope {
    final @Nullable Scope around;
    final Map<String, Object> values = new HashMap<>();

    Scope(@Nullable Scope around) {
      this.around = around;
    }

    Object get(String name) {
      var found = values.get(name);
      if (found != null) return found;
      return around == null ? Values.UNDEFINED : around.get(name);
    }
  }

  private enum Flow {
    ON,
    BREAK,
    CONTINUE
  }

  private Rendering(Map<String, Object> given) {
    scope = new Scope(null);
    scope.values.putAll(Builtins.functions());
    scope.values.putAll(given);
  }

  static String of(List<Statement> template, Map<String, Object> given) {
    var rendering = new Rendering(given);
    rendering.run(template);
    return rendering.out.toString();
  }

  private Flow run(List<Statement> statements) {
    for (var statement : statements) {
      if (++steps > MOST_STEPS) throw TemplateFlaw.of("it does not come to an end");
      var flow = run(statement);
      if (flow != Flow.ON) return flow;
    }
    return Flow.ON;
  }

  private Flow run(Statement statement) {
    switch (statement) {
      case Syntax.Text(var text) -> out.append(text);
      case Syntax.Output(var value) -> out.append(Values.text(value(value)));
      case Syntax.If(var branches) -> {
        for (var branch : branches)
          if (Values.truth(value(branch.condition()))) return run(branch.body());
      }
      case Syntax.For loop -> loop(loop);
      case Syntax.Set(var names, var attribute, var value) -> set(names, attribute, value(value));
      case Syntax.SetBlock(var name, var body) -> scope.values.put(name, captured(body));
      case Syntax.Macro macro -> scope.values.put(macro.name(), function(macro));
      case Syntax.Block(var body) -> {
        return run(body);
      }
      case Syntax.Jump jump -> {
        return jump == Syntax.Jump.BREAK ? Flow.BREAK : Flow.CONTINUE;
      }
    }
    return Flow.ON;
  }

  private void set(List<String> names, Optional<String> attribute, Object value) {
    if (attribute.isPresent()) {
      @SuppressWarnings("unchecked")
      var namespace =
          scope.get(names.getFirst()) instanceof Map<?, ?> map ? (Map<Object, Object>) map : null;
      if (namespace == null) throw TemplateFlaw.of(names.getFirst() + " is no namespace");
      namespace.put(attribute.get(), value);
      return;
    }
    bind(names, value);
  }

  private void bind(List<String> names, Object value) {
    if (names.size() == 1) {
      scope.values.put(names.getFirst(), value);
      return;
    }
    var parts = Values.items(value);
    for (int i = 0; i < names.size(); i++)
      scope.values.put(names.get(i), i < parts.size() ? parts.get(i) : Values.UNDEFINED);
  }

  private void loop(Syntax.For loop) {
    var items = new ArrayList<>();
    for (var item : Values.items(value(loop.in()))) {
      if (loop.only().isEmpty() || inside(() -> chosen(loop, item))) items.add(item);
    }
    if (items.isEmpty()) {
      inside(() -> run(loop.otherwise()));
      return;
    }
    for (int i = 0; i < items.size(); i++) {
      int place = i;
      var flow =
          inside(() -> {
            bind(loop.names(), items.get(place));
            scope.values.put("loop", position(items, place));
            return run(loop.body());
          });
      if (flow == Flow.BREAK) return;
    }
  }

  private boolean chosen(Syntax.For loop, Object item) {
    bind(loop.names(), item);
    return Values.truth(value(loop.only().orElseThrow()));
  }

  private static Map<String, Object> position(List<Object> items, int place) {
    var position = new HashMap<String, Object>();
    position.put("index", place + 1L);
    position.put("index0", (long) place);
    position.put("revindex", (long) items.size() - place);
    position.put("revindex0", items.size() - place - 1L);
    position.put("first", place == 0);
    position.put("last", place == items.size() - 1);
    position.put("length", (long) items.size());
    position.put("previtem", place > 0 ? items.get(place - 1) : Values.UNDEFINED);
    position.put("nextitem", place + 1 < items.size() ? items.get(place + 1) : Values.UNDEFINED);
    return position;
  }

  private interface Body<T> {
    T run();
  }

  /** What is set inside is forgotten after. */
  private <T> T inside(Body<T> body) {
    var around = scope;
    scope = new Scope(around);
    if (++depth > DEEPEST) throw TemplateFlaw.of("it calls itself too deeply");
    try {
      return body.run();
    } finally {
      depth--;
      scope = around;
    }
  }

  private String captured(List<Statement> body) {
    int from = out.length();
    run(body);
    var text = out.substring(from);
    out.setLength(from);
    return text;
  }

  private Values.Function function(Syntax.Macro macro) {
    return (given, named) ->
        inside(() -> {
          for (int i = 0; i < macro.parameters().size(); i++) {
            var parameter = macro.parameters().get(i);
            var value =
                i < given.size()
                    ? given.get(i)
                    : named.containsKey(parameter.name())
                        ? named.get(parameter.name())
                        : parameter.standard().map(this::value).orElse(Values.UNDEFINED);
            scope.values.put(parameter.name(), value);
          }
          return captured(macro.body());
        });
  }

  private Object value(Expression expression) {
    return switch (expression) {
      case Syntax.Constant(var value) -> value;
      case Syntax.Name(var name) -> scope.get(name);
      case Syntax.ListOf(var items) -> values(items);
      case Syntax.MapOf(var entries) -> {
        var map = new LinkedHashMap<Object, Object>();
        entries.forEach((key, item) -> map.put(value(key), value(item)));
        yield map;
      }
      case Syntax.Attribute(var of, var name) -> Values.item(value(of), name);
      case Syntax.Index(var of, var index) -> Values.item(value(of), value(index));
      case Syntax.Slice(var of, var from, var to, var step) ->
          Values.slice(value(of), optional(from), optional(to), optional(step));
      case Syntax.Call call -> called(call);
      case Syntax.Filter(var of, var name, var arguments, var named) ->
          Builtins.filter(name, value(of), values(arguments), values(named));
      case Syntax.Test(var of, var name, var arguments, boolean negated) ->
          Builtins.test(name, value(of), values(arguments)) != negated;
      case Syntax.Unary(var operator, var operand) ->
          operator.equals("not")
              ? (Object) !Values.truth(value(operand))
              : Values.arithmetic("-", 0L, value(operand));
      case Syntax.Binary(var operator, var left, var right) -> binary(operator, left, right);
      case Syntax.Choice(var then, var condition, var otherwise) ->
          Values.truth(value(condition))
              ? value(then)
              : otherwise.map(this::value).orElse(Values.UNDEFINED);
    };
  }

  private Object binary(String operator, Expression left, Expression right) {
    var a = value(left);
    return switch (operator) {
      case "and" -> Values.truth(a) ? value(right) : a;
      case "or" -> Values.truth(a) ? a : value(right);
      case "in" -> Values.contains(value(right), a);
      case "==" -> Values.same(a, value(right));
      case "!=" -> !Values.same(a, value(right));
      case "<" -> Values.compare(a, value(right)) < 0;
      case "<=" -> Values.compare(a, value(right)) <= 0;
      case ">" -> Values.compare(a, value(right)) > 0;
      case ">=" -> Values.compare(a, value(right)) >= 0;
      default -> Values.arithmetic(operator, a, value(right));
    };
  }

  private Object called(Syntax.Call call) {
    var given = values(call.arguments());
    if (call.function() instanceof Syntax.Attribute(var of, var name)) {
      var owner = value(of);
      if (!(Values.item(owner, name) instanceof Values.Function))
        return Builtins.method(owner, name, given);
    }
    if (!(value(call.function()) instanceof Values.Function function))
      throw TemplateFlaw.of("a call of what is no function");
    return function.call(given, values(call.named()));
  }

  private Object optional(Optional<Expression> expression) {
    return expression.map(this::value).orElse(Values.NONE);
  }

  private List<Object> values(List<Expression> expressions) {
    var values = new ArrayList<>();
    for (var expression : expressions) values.add(value(expression));
    return values;
  }

  private Map<String, Object> values(Map<String, Expression> expressions) {
    var values = new LinkedHashMap<String, Object>();
    expressions.forEach((name, expression) -> values.put(name, value(expression)));
    return values;
  }
}
