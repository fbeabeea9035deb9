package io.espalier.agent.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeaseFolderTest {

  @TempDir Path host;
  private LeaseFolder folder;

  @BeforeEach
  void make() throws IOException {
    Files.writeString(host.resolve("secret"), "of the host");
    folder = new LeaseFolder(Files.createDirectory(host.resolve("work")));
  }

  @Test
  void findsAnOutputInASubfolder() throws IOException {
    Files.createDirectories(folder.path().resolve("a/b"));
    Path file = Files.writeString(folder.path().resolve("a/b/c"), "text");
    assertThat(folder.output("a/b/c")).isEqualTo(file);
  }

  @ParameterizedTest
  @ValueSource(strings = {"../secret", "a/../../secret", "/etc/passwd", "", ".", "a/..", "x\0y"})
  void refusesNamesThatLeadOutOfIt(String name) {
    assertThatThrownBy(() -> folder.output(name)).isInstanceOf(Exception.class);
    assertThatThrownBy(() -> folder.input(name)).isInstanceOf(Exception.class);
  }

  @Test
  void refusesALinkToAFile() throws IOException {
    Files.createSymbolicLink(folder.path().resolve("link"), host.resolve("secret"));
    assertThatThrownBy(() -> folder.output("link")).hasMessageContaining("no regular file");
  }

  @Test
  void refusesAFileBehindALinkedFolder() throws IOException {
    Files.createSymbolicLink(folder.path().resolve("up"), host);
    assertThatThrownBy(() -> folder.output("up/secret")).hasMessageContaining("no regular file");
  }

  @Test
  void refusesAFolder() throws IOException {
    Files.createDirectory(folder.path().resolve("sub"));
    assertThatThrownBy(() -> folder.output("sub")).hasMessageContaining("no regular file");
  }
}
