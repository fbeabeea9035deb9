package io.espalier.orchestrator.lease;

import static io.espalier.orchestrator.database.Columns.parameter;

import io.espalier.domain.budget.Amount;
import io.espalier.domain.budget.Posting;
import io.espalier.domain.lease.LeaseState;
import io.espalier.domain.lease.LiveLease;
import io.espalier.orchestrator.budget.Books;
import io.espalier.orchestrator.database.ColumnArrays;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What becomes of locked leases in one transaction: decided one by one by {@link Leases}, and
 * stored together with what was posted about them.
 */
public final class LeaseChanges {

  private static final class Change {
    final Lease lease;
    LiveLease live;
    LeaseState state = LeaseState.LIVE;
    @Nullable String endReason;
    long nextSequence;

    Change(Lease lease) {
      this.lease = lease;
      live = lease.live();
      nextSequence = lease.nextSequence();
    }

    boolean isEnded() {
      return state != LeaseState.LIVE;
    }

    /** Whether its agent is to do something else than before. */
    boolean concernsAgent() {
      return isEnded() || live.wish() != lease.wish();
    }
  }

  private record Post(Lease lease, List<Posting> postings, String reason) {}

  private final Map<UUID, Change> changes = new LinkedHashMap<>();

  /** Not posted yet. */
  private final List<Post> posts = new ArrayList<>();

  private final @Nullable Books books;

  /**
   * {@code books}: accounts of all leases that are posted about; null where no posting depends on
   * what they have. Then they are locked only by {@link #write}, since others wait for them.
   */
  LeaseChanges(@Nullable Books books) {
    this.books = books;
  }

  /** What may still be held for a lease. */
  Amount free(Lease lease) {
    if (books == null) throw new IllegalStateException("Not locked: accounts of " + lease.id());
    return books.purse(lease.team(), lease.job()).free();
  }

  private Change change(Lease lease) {
    return changes.computeIfAbsent(lease.id(), _ -> new Change(lease));
  }

  void put(Lease lease, LiveLease live) {
    change(lease).live = live;
  }

  void end(Lease lease, LeaseState state, String reason) {
    var change = change(lease);
    change.state = state;
    change.endReason = reason;
  }

  /** Events before this number are stored. */
  public void stored(Lease lease, long nextSequence) {
    change(lease).nextSequence = nextSequence;
  }

  void post(Lease lease, List<Posting> postings, String reason) {
    if (postings.isEmpty()) return;
    var post = new Post(lease, postings, reason);
    if (books == null) posts.add(post);
    else post(books, post);
  }

  private static void post(Books books, Post post) {
    if (!books.post(post.lease().account(), post.postings(), post.reason())) {
      throw new IllegalStateException(
          "Entries failed under the accounts' lock: " + post.postings());
    }
  }

  /** Agents' long polls answer where a lease ended or is told something else. */
  public void write(JdbcClient jdbc) {
    var all = changes.values();
    if (all.isEmpty()) return;
    update(jdbc, all);
    var ended = all.stream().filter(Change::isEnded).map(change -> change.lease.id()).toList();
    if (!ended.isEmpty()) {
      jdbc.sql("update lease_slot set live = false where lease_id = any(:leases)")
          .param("leases", ended.toArray(UUID[]::new))
          .update();
    }
    writePosts(jdbc);
    bump(
        jdbc,
        all.stream().filter(Change::concernsAgent).map(change -> change.lease.agent()).toList());
    changes.clear();
  }

  private void writePosts(JdbcClient jdbc) {
    var accounts = books;
    if (accounts == null) {
      accounts = Books.open(jdbc, posts.stream().map(post -> post.lease().account()).toList());
      for (var post : posts) post(accounts, post);
      posts.clear();
    }
    accounts.write(jdbc);
  }

  private static void update(JdbcClient jdbc, Collection<Change> all) {
    int stored =
        jdbc.sql(
                """
                update lease l
                set wish = n.wish, yield_reason = n.reason, renewed_at = n.renewed, slice = n.slice,
                    slice_started_at = n.started, held_millis = n.held, settled_millis = n.settled,
                    durable_millis = n.durable, next_sequence = n.next, state = n.state,
                    end_reason = n.end_reason, ended_at = n.ended
                from unnest(:ids::uuid[], :epochs::bigint[], :wishes::text[], :reasons::text[],
                            :renewed::timestamptz[], :slices::int[], :started::timestamptz[],
                            :held::bigint[], :settled::bigint[], :durable::bigint[], :next::bigint[],
                            :states::text[], :endReasons::text[], :ended::timestamptz[])
                  as n (id, epoch, wish, reason, renewed, slice, started, held, settled, durable,
                        next, state, end_reason, ended)
                where l.id = n.id and l.epoch = n.epoch and l.state = 'LIVE'
                """)
            .param("ids", ColumnArrays.uuids(all, change -> change.lease.id()))
            .param("epochs", ColumnArrays.longs(all, change -> change.lease.epoch()))
            .param("wishes", ColumnArrays.texts(all, change -> change.live.wish().name()))
            .param("reasons", ColumnArrays.texts(all, LeaseChanges::yieldReason))
            .param(
                "renewed", ColumnArrays.texts(all, c -> parameter(c.live.renewedAt()).toString()))
            .param("slices", ColumnArrays.integers(all, change -> change.live.funding().number()))
            .param(
                "started",
                ColumnArrays.texts(
                    all, c -> parameter(c.live.funding().slice().startedAt()).toString()))
            .param("held", ColumnArrays.longs(all, c -> c.live.funding().slice().held().millis()))
            .param("settled", ColumnArrays.longs(all, c -> c.live.funding().settled().millis()))
            .param("durable", ColumnArrays.longs(all, c -> c.live.funding().durable().millis()))
            .param("next", ColumnArrays.longs(all, change -> change.nextSequence))
            .param("states", ColumnArrays.texts(all, change -> change.state.name()))
            .param("endReasons", ColumnArrays.texts(all, change -> change.endReason))
            .param("ended", ColumnArrays.texts(all, LeaseChanges::endedAt))
            .update();
    if (stored != all.size()) {
      throw new IllegalStateException(
          "%d of %d leases ended although they were locked"
              .formatted(all.size() - stored, all.size()));
    }
  }

  private static @Nullable String yieldReason(Change change) {
    var reason = change.live.yieldReason();
    return reason == null ? null : reason.name();
  }

  private static @Nullable String endedAt(Change change) {
    return change.isEnded() ? parameter(change.lease.now()).toString() : null;
  }

  /**
   * Long polls answer once their agents' versions have risen: by as much as an agent is named here.
   * Agents are locked last, by id.
   */
  static void bump(JdbcClient jdbc, List<UUID> agents) {
    if (agents.isEmpty()) return;
    jdbc.sql(
            """
            with named as (
              select id, count(*) as times from unnest(:agents::uuid[]) as u (id) group by id
            ), locked as (
              select id from agent where id = any(:agents) order by id for update
            )
            update agent a set desired_version = a.desired_version + n.times
            from locked l join named n on n.id = l.id
            where a.id = l.id
            """)
        .param("agents", agents.toArray(UUID[]::new))
        .update();
  }
}
