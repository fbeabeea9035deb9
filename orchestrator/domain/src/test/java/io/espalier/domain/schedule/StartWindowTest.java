package io.espalier.domain.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StartWindowTest {

  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  private static final StartWindow NIGHTS =
      new StartWindow(
          EnumSet.range(DayOfWeek.MONDAY, DayOfWeek.FRIDAY),
          LocalTime.of(22, 0),
          LocalTime.of(6, 0),
          BERLIN);

  @Test
  void isOpenPastMidnightOfTheNextDay() {
    var saturdayMorning = Instant.parse("2026-11-28T04:30:00Z");

    var opening = NIGHTS.atOrAfter(saturdayMorning);

    assertThat(opening.contains(saturdayMorning)).isTrue();
    assertThat(opening.from()).isEqualTo("2026-11-27T21:00:00Z");
    assertThat(opening.until()).isEqualTo("2026-11-28T05:00:00Z");
  }

  @Test
  void namesTheNextOpeningWhileItIsShut() {
    var saturdayNoon = Instant.parse("2026-11-28T11:00:00Z");

    assertThat(NIGHTS.atOrAfter(saturdayNoon).from()).isEqualTo("2026-11-30T21:00:00Z");
  }

  @Test
  void closesAtTheMinuteItNames() {
    var close = Instant.parse("2026-11-24T05:00:00Z");

    assertThat(NIGHTS.atOrAfter(close.minusMillis(1)).contains(close.minusMillis(1))).isTrue();
    assertThat(NIGHTS.atOrAfter(close).from()).isEqualTo("2026-11-24T21:00:00Z");
  }

  @Test
  void keepsItsTimeOfDayWhenTheClocksChange() {
    var beforeTheChange = Instant.parse("2026-10-24T10:00:00Z");
    var weekends =
        new StartWindow(
            EnumSet.of(DayOfWeek.SUNDAY), LocalTime.of(8, 0), LocalTime.of(9, 0), BERLIN);

    assertThat(weekends.atOrAfter(beforeTheChange).from()).isEqualTo("2026-10-25T07:00:00Z");
  }

  @Test
  void opensOnAtLeastOneDay() {
    assertThatThrownBy(() -> new StartWindow(Set.of(), LocalTime.MIDNIGHT, LocalTime.NOON, BERLIN))
        .hasMessageContaining("opens on no day");
  }
}
