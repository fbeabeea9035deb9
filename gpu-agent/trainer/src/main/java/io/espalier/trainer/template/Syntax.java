package io.espalier.trainer.template;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a template is made of. */
final class Syntax {

  private Syntax() {}

  sealed interface Statement {}

  record Text(String text) implements Statement {}

  record Output(Expression value) implements Statement {}

  /** Branches in order; the last may hold always. */
  record If(List<Branch> branches) implements Statement {}

  record Branch(Expression condition, List<Statement> body) {}

  record For(
      List<String> names,
      Expression in,
      Optional<Expression> only,
      List<Statement> body,
      List<Statement> otherwise)
      implements Statement {}

  /** {@code attribute}: of the namespace of that name. */
  record Set(List<String> names, Optional<String> attribute, Expression value)
      implements Statement {}

  record SetBlock(String name, List<Statement> body) implements Statement {}

  record Macro(String name, List<Parameter> parameters, List<Statement> body)
      implements Statement {}

  record Parameter(String name, Optional<Expression> standard) {}

  /** Statements that only mark what they hold. */
  record Block(List<Statement> body) implements Statement {}

  enum Jump implements Statement {
    BREAK,
    CONTINUE
  }

  sealed interface Expression {}

  record Constant(Object value) implements Expression {}

  record Name(String name) implements Expression {}

  record ListOf(List<Expression> items) implements Expression {}

  record MapOf(Map<Expression, Expression> entries) implements Expression {}

  record Attribute(Expression of, String name) implements Expression {}

  record Index(Expression of, Expression index) implements Expression {}

  record Slice(
      Expression of, Optional<Expression> from, Optional<Expression> to, Optional<Expression> step)
      implements Expression {}

  record Call(Expression function, List<Expression> arguments, Map<String, Expression> named)
      implements Expression {}

  record Filter(
      Expression of, String name, List<Expression> arguments, Map<String, Expression> named)
      implements Expression {}

  record Test(Expression of, String name, List<Expression> arguments, boolean negated)
      implements Expression {}

  record Unary(String operator, Expression operand) implements Expression {}

  record Binary(String operator, Expression left, Expression right) implements Expression {}

  record Choice(Expression then, Expression condition, Optional<Expression> otherwise)
      implements Expression {}
}
