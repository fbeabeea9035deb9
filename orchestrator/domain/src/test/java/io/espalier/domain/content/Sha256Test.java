package io.espalier.domain.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Sha256Test {

  /** FIPS 180-4, the example of one block. */
  private static final String ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @TempDir Path folder;

  @Test
  void namesTextsBytesAndFiles() throws IOException {
    assertThat(HexFormat.of().formatHex(Sha256.of("abc"))).isEqualTo(ABC);
    assertThat(Sha256.name("abc".getBytes(StandardCharsets.US_ASCII))).isEqualTo(ABC);
    assertThat(Sha256.name(Files.writeString(folder.resolve("abc"), "abc"))).isEqualTo(ABC);
    assertThat(Sha256.isName(ABC)).isTrue();
  }

  @Test
  void aDigestIsFedPieceByPieceAndBeginsAnew() {
    var digest = Sha256.begun();
    digest.update((byte) 'a');
    digest.update((byte) 'b');
    assertThat(Sha256.name(digest, new byte[] {'c'})).isEqualTo(ABC);
    assertThat(Sha256.name(digest)).isEqualTo(Sha256.name(new byte[0]));
  }

  @Test
  void aLinkIsNotFollowed() throws IOException {
    var file = Files.writeString(folder.resolve("abc"), "abc");
    var link = Files.createSymbolicLink(folder.resolve("link"), file);
    assertThatThrownBy(() -> Sha256.name(link)).isInstanceOf(IOException.class);
  }

  @Test
  void whatIsNoNameIsTold() {
    assertThat(Sha256.isName(ABC.toUpperCase(java.util.Locale.ROOT))).isFalse();
    assertThat(Sha256.isName(ABC.substring(1))).isFalse();
    assertThat(Sha256.isName("../" + ABC.substring(3))).isFalse();
  }
}
