package io.espalier.orchestrator.change;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.orchestrator.database.TestDatabase;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two nodes of the platform on one database. */
class ChangesTest {

  @AutoClose private final TestDatabase database = new TestDatabase();
  private final Changes here = node();
  private final Changes there = node();
  private final LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final UUID job = UUID.randomUUID();

  @BeforeEach
  void start() throws InterruptedException {
    for (var node : List.of(here, there)) {
      var connected = new LinkedBlockingQueue<Boolean>();
      try (var _ = node.onWork(() -> connected.add(true))) {
        node.start();
        // Everybody is woken once the connection listens.
        assertThat(connected.poll(20, TimeUnit.SECONDS)).isTrue();
      }
    }
    awaitNews(here, there);
    awaitNews(there, here);
  }

  /** Whoever hears of a job is done with waking everybody: one thread does both. */
  private static void awaitNews(Changes from, Changes to) throws InterruptedException {
    var arrived = new LinkedBlockingQueue<UUID>();
    var job = UUID.randomUUID();
    try (var _ = to.onAnyJob(arrived::add)) {
      from.announce(new Change.OfJob(job));
      assertThat(arrived.poll(20, TimeUnit.SECONDS)).isEqualTo(job);
    }
  }

  @AfterEach
  void stop() {
    here.close();
    there.close();
  }

  @Test
  void aChangeIsHeardHereAtOnceAndOnTheOtherNodeSoon() throws InterruptedException {
    here.onJob(job, () -> heard.add("here"));
    there.onJob(job, () -> heard.add("there"));

    here.announce(new Change.OfJob(job));

    assertThat(heard.poll()).isEqualTo("here");
    assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("there");
    assertThat(heard.poll(700, TimeUnit.MILLISECONDS)).as("no echo").isNull();
  }

  @Test
  void whoeverWantsAnyJobHearsWhichOne() throws InterruptedException {
    there.onAnyJob(id -> heard.add(id.toString()));

    here.announce(new Change.OfAgent(UUID.randomUUID()), new Change.OfJob(job));

    assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo(job.toString());
  }

  @Test
  void nobodyHearsAfterUnsubscribing() {
    var subscription = here.onWork(() -> heard.add("work"));
    here.announce(new Change.OfWork());
    subscription.close();

    here.announce(new Change.OfWork());

    assertThat(heard).containsExactly("work");
  }

  @Test
  void aSubscriberThatFailsDoesNotKeepTheNewsFromOthers() {
    here.onWork(() -> {
      throw new IllegalStateException("for this test");
    });
    here.onWork(() -> heard.add("work"));

    here.announce(new Change.OfWork());

    assertThat(heard).containsExactly("work");
  }

  @Test
  void aBrokenConnectionIsOpenedAgainAndEverybodyIsWoken() throws InterruptedException {
    there.onWork(() -> heard.add("woken"));

    int ended =
        database
            .superuser()
            .sql(
                """
                select pg_terminate_backend(pid) from pg_stat_activity
                where datname = current_database() and query like 'listen %'
                """)
            .query((row, _) -> row.getBoolean(1))
            .list()
            .size();

    assertThat(ended).isEqualTo(2);
    assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("woken");
    here.announce(new Change.OfWork());
    assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("woken");
  }

  private Changes node() {
    return new Changes(database.transactions(), database.credentials().planner());
  }
}
