package io.espalier.orchestrator.agent;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What this node has learnt in the last seconds, so that most calls of agents need not ask the
 * database for it again.
 */
final class Recent<K, V> {

  /** Beyond so many, those that are too old are let go. */
  private static final int MANY = 20_000;

  private record Learnt<V>(V value, long at) {}

  private final long life;
  private final Map<K, Learnt<V>> learnt = new ConcurrentHashMap<>();

  Recent(Duration life) {
    this.life = life.toNanos();
  }

  Optional<V> get(K key) {
    return Optional.ofNullable(learnt.get(key)).filter(this::isYoung).map(Learnt::value);
  }

  void put(K key, V value) {
    if (learnt.size() >= MANY) learnt.values().removeIf(one -> !isYoung(one));
    learnt.put(key, new Learnt<>(value, System.nanoTime()));
  }

  private boolean isYoung(Learnt<V> one) {
    return System.nanoTime() - one.at() < life;
  }
}
