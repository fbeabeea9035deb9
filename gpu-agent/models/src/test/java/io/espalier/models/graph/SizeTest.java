package io.espalier.models.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SizeTest {

  private static final Size B = Size.symbol("B");
  private static final Size T = Size.symbol("T");

  @Test
  void multipliesOutAndCollects() {
    var size = B.plus(Size.of(2)).times(T.plus(B));
    assertThat(size).hasToString("2*B + B*B + B*T + 2*T");
    assertThat(size.at(Map.of("B", 3L, "T", 5L))).isEqualTo((3 + 2) * (5 + 3));
  }

  @Test
  void termsThatCancelVanish() {
    assertThat(B.plus(B.times(-1))).isEqualTo(Size.ZERO).hasToString("0");
  }

  @Test
  void dividesOnlyWithoutRemainder() {
    assertThat(B.times(12).plus(Size.of(4)).dividedBy(4)).hasToString("1 + 3*B");
    assertThatThrownBy(() -> B.times(12).plus(Size.of(3)).dividedBy(4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not divisible by 4");
  }

  @Test
  void isNoNumberWhileASymbolIsOpen() {
    assertThatThrownBy(B::constant).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> B.times(T).at(Map.of("B", 1L)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no value for T");
  }

  @Test
  void refusesToOverflow() {
    assertThatThrownBy(() -> Size.of(Long.MAX_VALUE).times(2))
        .isInstanceOf(ArithmeticException.class);
  }
}
