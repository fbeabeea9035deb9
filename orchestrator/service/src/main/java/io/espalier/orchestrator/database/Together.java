package io.espalier.orchestrator.database;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Answers the questions of many callers with few transactions: those that are asked while others
 * are answered are answered together next, and nobody waits for more to come. Where an answer to
 * several fails, each is answered alone, so that none fails for another.
 */
public final class Together<Q, A> {

  /** At a time. A second one works while the first one's commit is on its way to the disk. */
  private static final int MOST_WORKERS = 2;

  private record Asked<Q, A>(Q question, CompletableFuture<A> answer) {}

  private final int most;
  private final Function<Q, Object> subject;
  private final Function<List<Q>, List<A>> answers;
  private final Queue<Asked<Q, A>> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger workers = new AtomicInteger();

  /**
   * @param most questions at once
   * @param subject two of the same are never answered together
   * @param answers in the order of the questions
   */
  public Together(int most, Function<Q, Object> subject, Function<List<Q>, List<A>> answers) {
    this.most = most;
    this.subject = subject;
    this.answers = answers;
  }

  /** The answers in the order of the questions; throws what the first that failed has thrown. */
  public List<A> ask(Collection<Q> questions) {
    var asked = new ArrayList<Asked<Q, A>>();
    for (var question : questions) asked.add(new Asked<>(question, new CompletableFuture<>()));
    waiting.addAll(asked);
    startWorker();
    return asked.stream().map(one -> await(one.answer())).toList();
  }

  private static <A> A await(CompletableFuture<A> answer) {
    try {
      return answer.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) throw cause;
      throw e;
    }
  }

  private void startWorker() {
    if (waiting.isEmpty()) return;
    if (workers.incrementAndGet() > MOST_WORKERS) {
      workers.decrementAndGet();
      return;
    }
    Thread.ofVirtual().name("together").start(this::work);
  }

  private void work() {
    var later = new ArrayList<Asked<Q, A>>();
    while (true) {
      var batch = take(later);
      if (batch.isEmpty()) break;
      answer(batch);
    }
    workers.decrementAndGet();
    // Whoever came after the last look has found all workers at work.
    startWorker();
  }

  /** {@code later}: those that had to wait because of their subject. */
  private List<Asked<Q, A>> take(List<Asked<Q, A>> later) {
    var batch = new ArrayList<Asked<Q, A>>();
    var subjects = new HashSet<Object>();
    var again = List.copyOf(later);
    later.clear();
    for (var asked : again) place(asked, batch, subjects, later);
    while (batch.size() < most) {
      var asked = waiting.poll();
      if (asked == null) break;
      place(asked, batch, subjects, later);
    }
    return batch;
  }

  private void place(
      Asked<Q, A> asked, List<Asked<Q, A>> batch, Set<Object> subjects, List<Asked<Q, A>> later) {
    if (batch.size() < most && subjects.add(subject.apply(asked.question()))) batch.add(asked);
    else later.add(asked);
  }

  private void answer(List<Asked<Q, A>> batch) {
    try {
      var given = answers.apply(batch.stream().map(Asked::question).toList());
      for (int i = 0; i < batch.size(); i++) batch.get(i).answer().complete(given.get(i));
    } catch (RuntimeException | Error e) {
      if (batch.size() == 1) batch.getFirst().answer().completeExceptionally(e);
      else for (var asked : batch) answer(List.of(asked));
    }
  }
}
