package io.espalier.trainer.task;

import io.espalier.domain.wire.TrainerEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import tools.jackson.databind.json.JsonMapper;

/**
 * The event file: one JSON object a line, each line written whole. A trainer that is started again
 * in the same folder writes on after the last line.
 */
final class EventFile implements AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final FileChannel file;
  private final Clock clock;

  EventFile(Path path, Clock clock) throws IOException {
    this.file =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.READ);
    this.clock = clock;
    file.truncate(endOfLastLine());
    file.position(file.size());
  }

  /** A process that was killed while it wrote may have left half a line. */
  private long endOfLastLine() throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    for (long end = file.size(); end > 0; end--) {
      file.read(one.clear(), end - 1);
      if (one.get(0) == '\n') {
        return end;
      }
    }
    return 0;
  }

  Instant now() {
    return clock.instant();
  }

  /** Appends an event; it is in the file when this returns. */
  synchronized void append(TrainerEvent event) {
    ByteBuffer line =
        ByteBuffer.wrap((JSON.writeValueAsString(event) + "\n").getBytes(StandardCharsets.UTF_8));
    try {
      while (line.hasRemaining()) {
        file.write(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the event file cannot be written", e);
    }
  }

  void info(String text) {
    append(new TrainerEvent.Log(now(), "INFO", text));
  }

  void warn(String text) {
    append(new TrainerEvent.Log(now(), "WARN", text));
  }

  @Override
  public void close() throws IOException {
    file.force(true);
    file.close();
  }
}
