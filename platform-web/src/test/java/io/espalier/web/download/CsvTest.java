package io.espalier.web.download;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvTest {

  @Test
  void cellsAreQuotedAndNumbersAreNot() throws IOException {
    assertThat(written("say \"hi\", twice", "ü", 1.5, -2))
        .isEqualTo("\"say \"\"hi\"\", twice\",\"ü\",1.5,-2\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"=1+1", "+1", "-1", "@sum(a1)", "\t=1", "\r=1", "\n=1"})
  void aNameThatLooksLikeAFormulaIsNoFormula(String name) throws IOException {
    assertThat(written(name)).isEqualTo("\"'" + name + "\"\r\n");
  }

  @Test
  void anEmptyCellIsEmpty() throws IOException {
    assertThat(written("", "a")).isEqualTo("\"\",\"a\"\r\n");
  }

  private static String written(Object... cells) throws IOException {
    var out = new ByteArrayOutputStream();
    new Csv(out).row(cells).flush();
    return out.toString(StandardCharsets.UTF_8);
  }
}
