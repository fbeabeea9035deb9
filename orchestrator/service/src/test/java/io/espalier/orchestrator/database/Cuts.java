package io.espalier.orchestrator.database;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import javax.sql.DataSource;

/**
 * A wire to the database that breaks at a chosen point of what goes over it: statements and commits
 * are counted, over all connections.
 */
public final class Cuts {

  /** On which side of the point. After a commit, the caller does not learn that it took place. */
  public enum Side {
    BEFORE,
    AFTER
  }

  private static final Set<String> POINTS =
      Set.of("execute", "executeQuery", "executeUpdate", "executeBatch", "commit");

  // Guarded by this.
  private int passed;
  private int cutAt;
  private Side side = Side.BEFORE;
  private boolean cut;

  /** From now on the count begins again; 0 is no point. */
  public synchronized void cutAt(int point, Side where) {
    passed = 0;
    cut = false;
    cutAt = point;
    side = where;
  }

  /** Lets everything through again; whether the point was reached before. */
  public synchronized boolean heal() {
    boolean reached = cut;
    cutAt(0, Side.BEFORE);
    return reached;
  }

  private synchronized boolean isCutHere() {
    passed++;
    if (passed != cutAt) return false;
    cut = true;
    return true;
  }

  public DataSource around(DataSource source) {
    return proxy(
        DataSource.class,
        (_, method, arguments) -> {
          var result = call(source, method, arguments);
          return result instanceof Connection connection ? wire(connection) : result;
        });
  }

  private Connection wire(Connection connection) {
    return proxy(
        Connection.class,
        (_, method, arguments) -> {
          if (POINTS.contains(method.getName()))
            return pass(connection, connection, method, arguments);
          var result = call(connection, method, arguments);
          return switch (result) {
            case PreparedStatement prepared -> wire(PreparedStatement.class, connection, prepared);
            case Statement statement -> wire(Statement.class, connection, statement);
            case null, default -> result;
          };
        });
  }

  private <T> T wire(Class<T> type, Connection connection, T statement) {
    return proxy(
        type,
        (_, method, arguments) ->
            POINTS.contains(method.getName())
                ? pass(connection, statement, method, arguments)
                : call(statement, method, arguments));
  }

  private Object pass(Connection connection, Object target, Method method, Object[] arguments)
      throws Throwable {
    if (!isCutHere()) return call(target, method, arguments);
    if (side == Side.AFTER) call(target, method, arguments);
    connection.abort(Runnable::run);
    throw new SQLException("the wire is cut", "08006");
  }

  private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException thrown) {
      throw thrown.getCause();
    }
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(Cuts.class.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
