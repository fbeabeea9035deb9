package io.espalier.orchestrator.change;

/** Ends with {@link #close}. */
public interface Subscription extends AutoCloseable {

  @Override
  void close();
}
