package io.espalier.simulation.cluster;

import io.espalier.simulation.event.Chance;
import io.espalier.simulation.event.Trace;
import io.espalier.simulation.store.Store;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Transactions, and what can become of them. */
final class Database {

  /** The transaction failed, as far as its caller can tell. */
  static final class Away extends RuntimeException {
    private static final long serialVersionUID = 1;

    Away() {
      super("The database is away", null, false, false);
    }
  }

  private final Store store;
  private final Chance chance;
  private final Trace<Happening> trace;
  private Faults faults;
  private boolean down;

  Database(Store store, Chance chance, Trace<Happening> trace, Faults faults) {
    this.store = store;
    this.chance = chance;
    this.trace = trace;
    this.faults = faults;
  }

  void suffer(Faults other) {
    faults = other;
  }

  void setDown(boolean down) {
    this.down = down;
  }

  boolean isDown() {
    return down;
  }

  <T extends @Nullable Object> T transact(Function<Store, T> work) {
    if (down || chance.happens(faults.failedCommit())) throw new Away();
    T result = work.apply(store);
    store.checker().afterTransaction();
    if (chance.happens(faults.unknownCommit())) {
      trace.note(Happening.UNKNOWN_OUTCOME, 0, 0);
      throw new Away();
    }
    return result;
  }
}
