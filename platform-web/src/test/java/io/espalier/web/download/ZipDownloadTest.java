package io.espalier.web.download;

import static org.assertj.core.api.Assertions.assertThat;

import io.espalier.domain.wire.NamedBlob;
import io.espalier.orchestrator.blob.BlobStore;
import io.espalier.orchestrator.job.Artifact;
import io.espalier.orchestrator.job.ArtifactKind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZipDownloadTest {

  @TempDir private Path folder;
  private BlobStore blobs;

  @BeforeEach
  void open() {
    blobs = new BlobStore(folder);
  }

  @Test
  void theFolderThatTheTrainerUsedIsLeftOut() throws IOException {
    assertThat(zipped("exports/model/config.json", "exports/model/model.safetensors"))
        .containsOnlyKeys("config.json", "model.safetensors");
    assertThat(zipped("exports/adapter/a.json", "exports/adapter/transformers5/a.json"))
        .containsOnlyKeys("a.json", "transformers5/a.json");
    assertThat(zipped("exports/a", "exports2/a")).containsOnlyKeys("exports/a", "exports2/a");
    assertThat(zipped("a", "b/a")).containsOnlyKeys("a", "b/a");
    assertThat(zipped("b/a")).containsOnlyKeys("a");
  }

  @Test
  void contentsArriveWhole() throws IOException {
    assertThat(zipped("x/one", "x/two"))
        .containsEntry("one", "content of x/one")
        .containsEntry("two", "content of x/two");
  }

  /** The members of the download of an artifact with these files. */
  private Map<String, String> zipped(String... names) throws IOException {
    List<NamedBlob> files = new ArrayList<>();
    for (var name : names) {
      var content = ("content of " + name).getBytes(StandardCharsets.UTF_8);
      files.add(new NamedBlob(name, blobs.put(new ByteArrayInputStream(content), 100)));
    }
    var artifact =
        new Artifact(
            UUID.randomUUID(),
            ArtifactKind.MERGED_MODEL,
            files,
            Instant.parse("2026-11-22T10:00:00Z"));
    var out = new ByteArrayOutputStream();
    new ZipDownload(blobs).write(artifact, out);

    var members = new TreeMap<String, String>();
    try (var zip = new ZipInputStream(new ByteArrayInputStream(out.toByteArray()))) {
      for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        members.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    return members;
  }
}
