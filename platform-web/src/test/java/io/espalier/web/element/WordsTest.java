package io.espalier.web.element;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class WordsTest {

  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  @Test
  void aSpanHasItsTwoLargestUnits() {
    assertThat(Words.span(Duration.ofMillis(900))).isEqualTo("0 s");
    assertThat(Words.span(Duration.ofSeconds(59))).isEqualTo("59 s");
    assertThat(Words.span(Duration.ofSeconds(200))).isEqualTo("3 min 20 s");
    assertThat(Words.span(Duration.ofMinutes(125))).isEqualTo("2 h 5 min");
    assertThat(Words.span(Duration.ofHours(99))).isEqualTo("4 d 3 h");
    assertThat(Words.span(Duration.ofHours(2))).isEqualTo("2 h");
  }

  @Test
  void anAgeHasOneUnit() {
    assertThat(Words.ago(NOW.plusSeconds(5), NOW)).isEqualTo("just now");
    assertThat(Words.ago(NOW.minusSeconds(59), NOW)).isEqualTo("59 s ago");
    assertThat(Words.ago(NOW.minusSeconds(3599), NOW)).isEqualTo("59 min ago");
    assertThat(Words.ago(NOW.minusSeconds(86_399), NOW)).isEqualTo("23 h ago");
    assertThat(Words.ago(NOW.minusSeconds(200_000), NOW)).isEqualTo("2 d ago");
  }

  @Test
  void numbersAreGroupedAndCountedInWords() {
    assertThat(Words.count(1, "image", "images")).isEqualTo("1 image");
    assertThat(Words.count(12_345, "image", "images")).isEqualTo("12,345 images");
    assertThat(Words.large(860_000)).isEqualTo("860 thousand");
    assertThat(Words.large(86_400_000)).isEqualTo("86.4 million");
    assertThat(Words.percent(0.9125)).isEqualTo("91.3 %");
  }
}
