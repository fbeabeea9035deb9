package io.espalier.datasets;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Builds archives for tests: {@code aZip().with("a/b.png", bytes).in(folder)}. */
public final class ZipBuilder {

  private final Map<String, byte[]> members = new LinkedHashMap<>();

  public static ZipBuilder aZip() {
    return new ZipBuilder();
  }

  public ZipBuilder with(String name, byte[] content) {
    members.put(name, content);
    return this;
  }

  public ZipBuilder with(String name, String content) {
    return with(name, content.getBytes(StandardCharsets.UTF_8));
  }

  public ZipBuilder withFolder(String name) {
    return with(name + "/", new byte[0]);
  }

  public Path in(Path folder) throws IOException {
    Path file = Files.createTempFile(folder, "test-", ".zip");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, byte[]> member : members.entrySet()) {
        zip.putNextEntry(new ZipEntry(member.getKey()));
        zip.write(member.getValue());
        zip.closeEntry();
      }
    }
    return file;
  }
}
