package io.espalier.datasets;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The reference implementation's files, copied into the test resources. */
public final class Golden {

  private Golden() {}

  public static Path path(String name) {
    URL url = Golden.class.getResource("/golden/" + name);
    if (url == null) {
      throw new IllegalArgumentException("no golden file " + name);
    }
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  public static byte[] bytes(String name) throws IOException {
    try (InputStream in = Golden.class.getResourceAsStream("/golden/" + name)) {
      if (in == null) {
        throw new IllegalArgumentException("no golden file " + name);
      }
      return in.readAllBytes();
    }
  }

  /** Tensors of a safetensors file that is known to be sound. */
  public static final class Tensors {

    private final JsonNode header;
    private final ByteBuffer data;

    public Tensors(byte[] file) {
      ByteBuffer buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
      int length = Math.toIntExact(buffer.getLong());
      header = JsonMapper.shared().readTree(new String(file, 8, length, StandardCharsets.UTF_8));
      data = buffer.slice(8 + length, file.length - 8 - length).order(ByteOrder.LITTLE_ENDIAN);
    }

    public float[] floats(String name) {
      ByteBuffer slice = slice(name);
      float[] values = new float[slice.remaining() / Float.BYTES];
      slice.asFloatBuffer().get(values);
      return values;
    }

    public byte[] bytes(String name) {
      ByteBuffer slice = slice(name);
      byte[] values = new byte[slice.remaining()];
      slice.get(values);
      return values;
    }

    private ByteBuffer slice(String name) {
      JsonNode offsets = header.path(name).path("data_offsets");
      int from = offsets.path(0).intValue();
      return data.slice(from, offsets.path(1).intValue() - from).order(ByteOrder.LITTLE_ENDIAN);
    }
  }
}
