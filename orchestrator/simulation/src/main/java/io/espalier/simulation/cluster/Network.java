package io.espalier.simulation.cluster;

import io.espalier.simulation.event.Agenda;
import io.espalier.simulation.event.Chance;
import io.espalier.simulation.event.Trace;
import java.util.List;
import java.util.function.Consumer;

/** Calls from hosts and people to whichever platform node a balancer picks. */
final class Network {

  private static final long MINUTE = 60_000;
  private static final long REFUSAL = 5;

  /** What a node does with a call. It answers once, or the caller waits until its patience ends. */
  @FunctionalInterface
  interface Request<A> {
    void handle(Node node, Reply<A> reply);
  }

  interface Reply<A> {
    void answer(A answer);

    /** An error that tells of the moment. */
    void fail();
  }

  /** A caller's end of the line; a wire that is cut carries nothing, one way or both. */
  static final class Line {
    boolean outCut;
    boolean backCut;
  }

  private final Agenda agenda;
  private final Chance chance;
  private final Trace<Happening> trace;
  private final List<Node> nodes;
  private Faults faults;

  Network(Agenda agenda, Chance chance, Trace<Happening> trace, List<Node> nodes, Faults faults) {
    this.agenda = agenda;
    this.chance = chance;
    this.trace = trace;
    this.nodes = nodes;
    this.faults = faults;
  }

  void suffer(Faults other) {
    faults = other;
  }

  /** Exactly one of {@code onAnswer} and {@code onFailure} is called, within {@code patience}. */
  <A> void call(
      Line line, long patience, Request<A> request, Consumer<A> onAnswer, Runnable onFailure) {
    var call = new Call<>(onAnswer, onFailure);
    agenda.in(patience, call::giveUp);
    var node = nodes.get(chance.below(nodes.size()));
    carry(
        line.outCut,
        () -> {
          if (!node.isUp()) {
            agenda.in(REFUSAL, call::giveUp);
            return;
          }
          request.handle(
              node,
              new Reply<>() {
                @Override
                public void answer(A answer) {
                  carry(line.backCut, () -> call.end(answer));
                }

                @Override
                public void fail() {
                  carry(line.backCut, call::giveUp);
                }
              });
        });
  }

  private void carry(boolean cut, Runnable delivery) {
    if (cut || chance.happens(faults.lost())) {
      trace.note(Happening.LOST, 0, 0);
      return;
    }
    long delay = chance.between(1, 20);
    if (chance.happens(faults.delayed())) {
      delay += chance.between(1, MINUTE);
      trace.note(Happening.DELAYED, delay, 0);
    }
    agenda.in(delay, delivery);
    if (chance.happens(faults.duplicated())) {
      trace.note(Happening.DUPLICATED, 0, 0);
      agenda.in(delay + chance.between(1, MINUTE), delivery);
    }
  }

  private static final class Call<A> {
    private final Consumer<A> onAnswer;
    private final Runnable onFailure;
    private boolean over;

    Call(Consumer<A> onAnswer, Runnable onFailure) {
      this.onAnswer = onAnswer;
      this.onFailure = onFailure;
    }

    void end(A answer) {
      if (over) return;
      over = true;
      onAnswer.accept(answer);
    }

    void giveUp() {
      if (over) return;
      over = true;
      onFailure.run();
    }
  }
}
