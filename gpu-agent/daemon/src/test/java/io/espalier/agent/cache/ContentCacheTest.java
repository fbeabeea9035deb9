package io.espalier.agent.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.espalier.agent.storage.Sha256;
import io.espalier.domain.wire.Blob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentCacheTest {

  private static final int PIECE = 1_000;

  @TempDir Path folder;
  private ContentCache cache;
  private final List<Long> asked = new ArrayList<>();

  @BeforeEach
  void open() throws IOException {
    cache = new ContentCache(folder.resolve("cache"), 10_000, PIECE);
  }

  @Test
  void fetchesInPiecesAndOnlyOnce() throws Exception {
    Content content = content(3_500);
    cache.provide(content.blob(), content::read, folder.resolve("work/one"));
    cache.provide(content.blob(), content::read, folder.resolve("work/two"));
    assertThat(asked).containsExactly(0L, 1_000L, 2_000L, 3_000L);
    assertThat(folder.resolve("work/one")).hasBinaryContent(content.bytes());
    assertThat(folder.resolve("work/two")).hasBinaryContent(content.bytes());
  }

  @Test
  void holdsAnEmptyContent() throws Exception {
    Content content = content(0);
    cache.provide(content.blob(), content::read, folder.resolve("empty"));
    assertThat(folder.resolve("empty")).isEmptyFile();
    assertThat(asked).isEmpty();
  }

  @Test
  void goesOnWhereAFetchBrokeOff() throws Exception {
    Content content = content(3_500);
    assertThatThrownBy(() ->
            cache.provide(
                content.blob(),
                (sha256, first, last) -> {
                  if (first == 2_000) throw new IOException("cut");
                  return content.read(sha256, first, last);
                },
                folder.resolve("one")))
        .hasMessage("cut");
    asked.clear();
    var afterRestart = new ContentCache(folder.resolve("cache"), 10_000, PIECE);
    afterRestart.provide(content.blob(), content::read, folder.resolve("one"));
    assertThat(asked).containsExactly(2_000L, 3_000L);
    assertThat(folder.resolve("one")).hasBinaryContent(content.bytes());
  }

  @Test
  void refusesBytesThatAreNotWhatTheNamePromises() throws Exception {
    Content content = content(1_500);
    assertThatThrownBy(() ->
            cache.provide(
                content.blob(),
                (_, first, last) -> new byte[(int) (last - first + 1)],
                folder.resolve("one")))
        .isInstanceOf(CorruptContent.class);
    assertThat(folder.resolve("one")).doesNotExist();
    cache.provide(content.blob(), content::read, folder.resolve("one"));
    assertThat(folder.resolve("one")).hasBinaryContent(content.bytes());
  }

  @Test
  void refusesANameThatIsNoHash() {
    assertThatThrownBy(() ->
            cache.provide(new Blob("../../etc/passwd", 1), content(1)::read, folder.resolve("one")))
        .isInstanceOf(CorruptContent.class)
        .hasMessageContaining("no SHA-256");
  }

  @Test
  void noticesWhenAContentHasChangedOnTheDisk() throws Exception {
    Content content = content(500);
    Path work = folder.resolve("one");
    cache.provide(content.blob(), content::read, work);
    // A trainer that writes through its link reaches the shared bytes; as root it can.
    assertThat(work.toFile().setWritable(true)).isTrue();
    Files.write(work, new byte[500]);
    cache.provide(content.blob(), content::read, folder.resolve("two"));
    assertThat(folder.resolve("two")).hasBinaryContent(content.bytes());
  }

  @Test
  void dropsWhatWasUsedLongestAgoAndNothingThatIsInUse() throws Exception {
    Content inUse = content(4_000);
    Content old = content(4_000);
    Content young = content(4_000);
    cache.provide(inUse.blob(), inUse::read, folder.resolve("in-use"));
    for (Content content : List.of(old, young)) {
      cache.provide(content.blob(), content::read, folder.resolve("done"));
      Files.delete(folder.resolve("done"));
      Thread.sleep(10);
    }
    asked.clear();
    // 8,000 bytes are kept or in use by now: the third content had to drop the second.
    cache.provide(young.blob(), young::read, folder.resolve("young"));
    cache.provide(inUse.blob(), inUse::read, folder.resolve("in-use-too"));
    assertThat(asked).isEmpty();
    cache.provide(old.blob(), old::read, folder.resolve("old"));
    assertThat(asked).isNotEmpty();
  }

  @Test
  void letsSeveralWaitForOneFetch() throws Exception {
    Content content = content(PIECE);
    var fetching = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    ContentCache.Source<IOException> slow =
        (sha256, first, last) -> {
          fetching.countDown();
          goOn.await();
          return content.read(sha256, first, last);
        };
    var failures = new ArrayList<Exception>();
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < 3; i++) {
      Path target = folder.resolve("work-" + i);
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                try {
                  cache.provide(content.blob(), slow, target);
                } catch (IOException | InterruptedException failed) {
                  failures.add(failed);
                }
              }));
    }
    fetching.await();
    goOn.countDown();
    for (Thread thread : threads) thread.join();
    assertThat(failures).isEmpty();
    assertThat(asked).hasSize(1);
    for (int i = 0; i < 3; i++) {
      assertThat(folder.resolve("work-" + i)).hasBinaryContent(content.bytes());
    }
  }

  private Content content(int size) throws IOException {
    var bytes = new byte[size];
    new Random(size + asked.size() + System.nanoTime()).nextBytes(bytes);
    Path file = Files.write(folder.resolve("source"), bytes);
    return new Content(new Blob(Sha256.of(file), size), bytes, asked);
  }

  private static final class Content {
    private final Blob blob;
    private final byte[] bytes;
    private final List<Long> asked;

    Content(Blob blob, byte[] bytes, List<Long> asked) {
      this.blob = blob;
      this.bytes = bytes;
      this.asked = asked;
    }

    Blob blob() {
      return blob;
    }

    byte[] bytes() {
      return bytes;
    }

    byte[] read(String sha256, long first, long last) {
      assertThat(sha256).isEqualTo(blob.sha256());
      asked.add(first);
      return Arrays.copyOfRange(bytes, (int) first, (int) last + 1);
    }
  }
}
