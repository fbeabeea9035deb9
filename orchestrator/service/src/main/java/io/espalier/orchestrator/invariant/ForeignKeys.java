package io.espalier.orchestrator.invariant;

import java.util.ArrayList;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Every foreign key between two tables of teams, as the database itself lists them. */
final class ForeignKeys {

  /** {@code columns}: such as {@code c.job_id = p.id and c.team_id = p.team_id}. */
  private record ForeignKey(String child, String parent, String columns) {}

  /** Rows that refer to a row of another team. What belongs to no team is everybody's. */
  static List<String> acrossTeams(JdbcClient jdbc) {
    var crossing = new ArrayList<String>();
    for (var key : betweenTeams(jdbc)) {
      // The names are the catalog's own, quoted by the database.
      jdbc.sql(
              """
              select c.ctid::text from %s c join %s p on %s
              where p.team_id is not null and c.team_id is distinct from p.team_id
              """
                  .formatted(key.child(), key.parent(), key.columns()))
          .query((row, _) -> row.getString(1))
          .list()
          .forEach(row -> crossing.add(key.child() + " row " + row + " to " + key.parent()));
    }
    return crossing;
  }

  private static List<ForeignKey> betweenTeams(JdbcClient jdbc) {
    return jdbc.sql(
            """
            select k.conrelid::regclass::text as child, k.confrelid::regclass::text as parent,
                   (select string_agg(format('c.%I = p.%I', c.attname, p.attname), ' and ')
                    from unnest(k.conkey, k.confkey) as pair (child, parent)
                    join pg_attribute c on c.attrelid = k.conrelid and c.attnum = pair.child
                    join pg_attribute p on p.attrelid = k.confrelid and p.attnum = pair.parent)
                     as columns
            from pg_constraint k
            where k.contype = 'f'
              and k.connamespace = (select relnamespace from pg_class where oid = 'job'::regclass)
              and exists (select 1 from pg_attribute
                          where attrelid = k.conrelid and attname = 'team_id')
              and exists (select 1 from pg_attribute
                          where attrelid = k.confrelid and attname = 'team_id')
            order by child, parent, columns
            """)
        .query((row, _) ->
            new ForeignKey(
                row.getString("child"), row.getString("parent"), row.getString("columns")))
        .list();
  }

  private ForeignKeys() {}
}
