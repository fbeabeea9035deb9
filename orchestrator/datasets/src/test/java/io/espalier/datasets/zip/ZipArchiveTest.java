package io.espalier.datasets.zip;

import static io.espalier.datasets.ZipBuilder.aZip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.espalier.datasets.Golden;
import io.espalier.domain.problem.Problem;
import io.espalier.domain.problem.Refused;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ZipArchiveTest {

  @TempDir Path folder;

  @Test
  void readsWhatWasPacked() throws IOException {
    byte[] noise = new byte[100_000];
    new Random(1).nextBytes(noise);
    Path zip = aZip().with("a/ü.bin", noise).with("b.txt", "text").withFolder("c").in(folder);

    try (ZipArchive archive = ZipArchive.open(zip, ZipLimits.DEFAULT)) {
      assertThat(archive.members()).extracting(ZipMember::name).containsExactly("a/ü.bin", "b.txt");
      assertThat(archive.folders()).containsExactly("c");
      assertThat(archive.read(archive.members().get(0))).isEqualTo(noise);
      assertThat(archive.read(archive.members().get(1))).asString().isEqualTo("text");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "dotdot, archive-name",
    "absolute, archive-name",
    "backslash, archive-name",
    "long_name, archive-name",
    "symlink, archive-link",
    "bomb_10mb, archive-ratio",
    "truncated, archive-broken",
    "not_a_zip, archive-broken",
    "empty, archive-empty",
    "duplicate_names, archive-duplicate",
  })
  void refusesHostileArchivesWhenOpened(String name, String code) {
    Problem problem = refusal(() -> ZipArchive.open(hostile(name), ZipLimits.DEFAULT).close());

    assertThat(problem.code()).isEqualTo(code);
    assertThat(problem.wayOut()).isNotBlank();
  }

  @Test
  void refusesMemberThatInflatesBeyondItsDeclaredSize() throws IOException {
    try (ZipArchive archive = ZipArchive.open(hostile("lying_size"), ZipLimits.DEFAULT)) {
      Problem problem = refusal(() -> archive.read(archive.members().getFirst()));

      assertThat(problem.code()).isEqualTo("archive-broken");
      assertThat(problem.value()).contains("more bytes");
    }
  }

  @Test
  void nestedArchivesAreMembersLikeOthers() throws IOException {
    try (ZipArchive archive = ZipArchive.open(hostile("bomb_nested"), ZipLimits.DEFAULT)) {
      assertThat(archive.members()).hasSize(10);
      assertThat(archive.read(archive.members().getFirst())).hasSize(2642);
    }
  }

  @Test
  void refusesMoreMembersThanAllowed() {
    ZipLimits tight = new ZipLimits(100, 1 << 20, 1 << 20, 100, 100);

    Problem problem = refusal(() -> ZipArchive.open(hostile("many_entries"), tight).close());

    assertThat(problem.code()).isEqualTo("archive-too-large");
    assertThat(problem.value()).isEqualTo("3000 members");
    assertThat(problem.limit()).isEqualTo("at most 100");
  }

  @Test
  void refusesSumOfSizesBeyondTheLimit() throws IOException {
    Path zip = aZip().with("a", "x".repeat(600)).with("b", "y".repeat(600)).in(folder);
    ZipLimits tight = new ZipLimits(100, 1000, 1000, 100, 100);

    Problem problem = refusal(() -> ZipArchive.open(zip, tight).close());

    assertThat(problem.code()).isEqualTo("archive-too-large");
  }

  @Test
  void refusesMemberBeyondTheLimit() throws IOException {
    Path zip = aZip().with("a", "x".repeat(2000)).in(folder);
    ZipLimits tight = new ZipLimits(100, 1000, 1 << 20, 100, 100);

    assertThat(refusal(() -> ZipArchive.open(zip, tight).close()).thing()).isEqualTo("a");
  }

  @Test
  void refusesChangedByte() throws IOException {
    byte[] zip = storedArchive(false);
    zip[31] ^= 1;
    Path file = Files.write(folder.resolve("changed.zip"), zip);

    try (ZipArchive archive = ZipArchive.open(file, ZipLimits.DEFAULT)) {
      assertThat(refusal(() -> archive.read(archive.members().getFirst())).value())
          .contains("checksum");
    }
  }

  /** One member inside the bytes of another: the zip bomb that needs no ratio. */
  @Test
  void refusesOverlappingMembers() throws IOException {
    Path file = Files.write(folder.resolve("overlap.zip"), storedArchive(true));

    Problem problem = refusal(() -> ZipArchive.open(file, ZipLimits.DEFAULT).close());

    assertThat(problem.value()).isEqualTo("b overlaps another member");
  }

  @Test
  void readsHandmadeArchiveWithoutOverlap() throws IOException {
    Path file = Files.write(folder.resolve("stored.zip"), storedArchive(false));

    try (ZipArchive archive = ZipArchive.open(file, ZipLimits.DEFAULT)) {
      assertThat(archive.members()).extracting(ZipMember::name).containsExactly("a");
      assertThat(archive.read(archive.members().getFirst())).hasSize(36);
    }
  }

  /**
   * An archive with one stored member "a" whose content is a whole stored member "b"; if {@code
   * bothListed}, its table lists that one too.
   */
  private static byte[] storedArchive(boolean bothListed) {
    byte[] inner = member("b", "hello".getBytes(StandardCharsets.UTF_8));
    byte[] outer = member("a", inner);
    ByteBuffer zip = ByteBuffer.allocate(1000).order(ByteOrder.LITTLE_ENDIAN).put(outer);
    int table = zip.position();
    putRow(zip, outer, 0);
    if (bothListed) {
      putRow(zip, inner, outer.length - inner.length);
    }
    int length = zip.position() - table;
    short count = (short) (bothListed ? 2 : 1);
    zip.putInt(0x06054b50).putInt(0).putShort(count).putShort(count);
    zip.putInt(length).putInt(table).putShort((short) 0);
    byte[] bytes = new byte[zip.position()];
    zip.flip().get(bytes);
    return bytes;
  }

  private static byte[] member(String name, byte[] content) {
    CRC32 crc = new CRC32();
    crc.update(content);
    ByteBuffer member =
        ByteBuffer.allocate(30 + name.length() + content.length).order(ByteOrder.LITTLE_ENDIAN);
    member.putInt(0x04034b50).putShort((short) 20).putShort((short) 0).putShort((short) 0);
    member.putInt(0).putInt((int) crc.getValue()).putInt(content.length).putInt(content.length);
    member.putShort((short) name.length()).putShort((short) 0);
    return member.put(name.getBytes(StandardCharsets.UTF_8)).put(content).array();
  }

  /** The row of the table for a member whose name has one letter. */
  private static void putRow(ByteBuffer zip, byte[] member, int offset) {
    zip.putInt(0x02014b50).putShort((short) 20).put(member, 4, 26);
    zip.putShort((short) 0).putShort((short) 0).putShort((short) 0).putInt(0).putInt(offset);
    zip.put(member[30]);
  }

  private static Path hostile(String name) {
    return Golden.path("bad/zip/" + name + ".zip");
  }

  private interface Attempt {
    void run() throws IOException;
  }

  private static Problem refusal(Attempt attempt) {
    return assertThatExceptionOfType(Refused.class).isThrownBy(attempt::run).actual().problem();
  }
}
