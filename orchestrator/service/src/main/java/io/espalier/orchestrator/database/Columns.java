package io.espalier.orchestrator.database;

import io.espalier.domain.unit.GpuTime;
import io.espalier.domain.unit.Money;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads the column types that JDBC has no short word for. */
public final class Columns {

  public static UUID uuid(ResultSet row, String column) throws SQLException {
    return row.getObject(column, UUID.class);
  }

  public static @Nullable UUID uuidOrNull(ResultSet row, String column) throws SQLException {
    return row.getObject(column, UUID.class);
  }

  public static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  public static @Nullable Instant instantOrNull(ResultSet row, String column) throws SQLException {
    var at = row.getObject(column, OffsetDateTime.class);
    return at == null ? null : at.toInstant();
  }

  public static @Nullable Duration millisOrNull(ResultSet row, String column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? null : Duration.ofMillis(millis);
  }

  public static GpuTime gpuTime(ResultSet row, String column) throws SQLException {
    return new GpuTime(row.getLong(column));
  }

  public static Money money(ResultSet row, String column) throws SQLException {
    return new Money(row.getLong(column));
  }

  /** Of a column in which null means no limit. */
  public static Money moneyOrUnlimited(ResultSet row, String column) throws SQLException {
    long micros = row.getLong(column);
    return row.wasNull() ? Money.UNLIMITED : new Money(micros);
  }

  public static <E extends Enum<E>> E constant(ResultSet row, String column, Class<E> type)
      throws SQLException {
    return Enum.valueOf(type, row.getString(column));
  }

  public static <E extends Enum<E>> @Nullable E constantOrNull(
      ResultSet row, String column, Class<E> type) throws SQLException {
    var name = row.getString(column);
    return name == null ? null : Enum.valueOf(type, name);
  }

  public static <T> @Nullable T jsonOrNull(ResultSet row, String column, Class<T> type)
      throws SQLException {
    var json = row.getString(column);
    return json == null ? null : Json.read(json, type);
  }

  /** The form in which an instant is handed to a statement. */
  public static OffsetDateTime parameter(Instant at) {
    return at.atOffset(ZoneOffset.UTC);
  }

  public static @Nullable OffsetDateTime parameterOrNull(@Nullable Instant at) {
    return at == null ? null : parameter(at);
  }

  private Columns() {}
}
