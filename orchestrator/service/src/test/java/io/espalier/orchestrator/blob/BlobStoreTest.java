package io.espalier.orchestrator.blob;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.domain.problem.Refused;
import io.espalier.domain.wire.Blob;
import io.espalier.orchestrator.database.TestDatabase;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobStoreTest {

  private static final String LEAF =
      "9f91161f43433e49a6de6db680d79f60159f2e4ac9172621a12846428158440b";

  @TempDir private Path folder;
  private BlobStore store;

  @BeforeEach
  void open() {
    store = new BlobStore(folder);
  }

  @Test
  void namesAContentByItsHash() throws IOException {
    var blob = store.put(content("leaf"), 4);

    assertThat(blob.bytes()).isEqualTo(4);
    assertThat(store.file(blob.sha256()))
        .isEqualTo(
            folder.resolve(blob.sha256().substring(0, 2)).resolve(blob.sha256().substring(2)))
        .hasContent("leaf");
    try (var in = store.open(blob.sha256())) {
      assertThat(in.readAllBytes()).isEqualTo("leaf".getBytes(UTF_8));
    }
    assertThat(store.put(content("leaf"), 4)).as("once more").isEqualTo(blob);
    assertThat(store.put(content("leaf"), 4, blob.sha256())).isEqualTo(blob);
  }

  @Test
  void keepsNothingOfAContentThatIsTooLongOrOtherThanAnnounced() throws IOException {
    assertThatThrownBy(() -> store.put(content("leaf"), 3))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("3 B");
    assertThatThrownBy(() -> store.put(content("leaf"), 4, "0".repeat(64)))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("another SHA-256");

    assertThat(files()).isEmpty();
  }

  @Test
  void keepsNothingOfAContentThatBreaksOff() throws IOException {
    var broken =
        new FilterInputStream(content("leaf")) {
          @Override
          public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = super.read(buffer, offset, length);
            if (read < 0) throw new IOException("connection reset");
            return read;
          }
        };

    assertThatThrownBy(() -> store.put(broken, 1 << 20))
        .isInstanceOf(UncheckedIOException.class)
        .hasRootCauseMessage("connection reset");

    assertThat(files()).isEmpty();
  }

  @Test
  void takesNoPathForAHash() {
    for (var name : List.of("../../etc/passwd", LEAF.toUpperCase(Locale.ROOT), "")) {
      assertThatThrownBy(() -> store.file(name)).isInstanceOf(Refused.class);
      assertThatThrownBy(() -> store.has(name)).isInstanceOf(Refused.class);
    }
    assertThatThrownBy(() -> store.file(LEAF))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("no such content");
  }

  @Test
  void listsOnlyWhatItHas() {
    try (var database = new TestDatabase()) {
      var transactions = database.transactions();
      assertThatThrownBy(() ->
              transactions.asPlanner(jdbc -> {
                store.list(jdbc, new Blob(LEAF, 4));
                return true;
              }))
          .isInstanceOf(Refused.class);
    }
  }

  private List<Path> files() throws IOException {
    try (var all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  private static InputStream content(String text) {
    return new ByteArrayInputStream(text.getBytes(UTF_8));
  }
}
