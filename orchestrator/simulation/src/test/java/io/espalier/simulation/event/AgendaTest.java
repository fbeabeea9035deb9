package io.espalier.simulation.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AgendaTest {

  @Test
  void eventsHappenInTheOrderOfTheirTimesAndThenOfTheirEntry() {
    var agenda = new Agenda();
    var chance = new Chance(7);
    var expected = new ArrayList<List<Long>>();
    var happened = new ArrayList<List<Long>>();
    for (long i = 0; i < 5_000; i++) {
      var event = List.of(chance.between(0, 500), i);
      expected.add(event);
      agenda.at(event.getFirst(), () -> happened.add(event));
    }
    expected.sort((a, b) -> Long.compare(a.getFirst(), b.getFirst()));
    while (agenda.next(1_000)) {}
    assertThat(happened).isEqualTo(expected);
    assertThat(agenda.happened()).isEqualTo(5_000);
  }

  @Test
  void whatIsDueLaterStays() {
    var agenda = new Agenda();
    agenda.in(10, () -> {});
    assertThat(agenda.next(9)).isFalse();
    assertThat(agenda.next(10)).isTrue();
    assertThat(agenda.now()).isEqualTo(10);
  }
}
