package io.espalier.agent.lease;

import io.espalier.agent.platform.WireFormat;
import io.espalier.domain.wire.TrainerEvent;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Everything that the platform is told about one run, in order, on disk: line n is the event with
 * sequence number n. The trainer's events, its log and the daemon's own words come together here,
 * so there is one writer and one numbering. Each line also says how far its sources were read, so a
 * killed daemon's successor goes on at exactly the next byte. One thread appends, another reads.
 */
final class Spool implements AutoCloseable {

  private static final byte NEWLINE = '\n';

  /**
   * How far the sources of a spool were read when a line was written.
   *
   * @param events bytes of the trainer's events
   * @param log bytes of the trainer's log
   * @param logLines lines of it that were passed on
   * @param step of the last checkpoint, 0 before the first
   */
  record Bookmark(long events, long log, int logLines, int step) {

    static final Bookmark START = new Bookmark(0, 0, 0, 0);

    Bookmark events(long end) {
      return new Bookmark(end, log, logLines, step);
    }

    Bookmark logLine(long end) {
      return new Bookmark(events, end, logLines + 1, step);
    }

    Bookmark checkpoint(int atStep) {
      return new Bookmark(events, log, logLines, atStep);
    }
  }

  private record Entry(Bookmark read, TrainerEvent event) {}

  private final RandomAccessFile file;
  private final Offsets starts = new Offsets();
  private long end;
  private Bookmark read = Bookmark.START;
  private boolean closed;
  private int durable;

  private Spool(RandomAccessFile file) {
    this.file = file;
  }

  /** Opens the spool, without the line that a killed daemon may have left half-written. */
  static Spool open(Path path) throws IOException {
    // Not a channel: an interrupt of the appending thread would close it for the reading one too.
    var spool = new Spool(new RandomAccessFile(path.toFile(), "rw"));
    try {
      spool.recover();
      return spool;
    } catch (IOException | RuntimeException unreadable) {
      spool.close();
      throw unreadable;
    }
  }

  private void recover() throws IOException {
    var block = new byte[1 << 16];
    long at = 0;
    for (int count = file.read(block); count > 0; count = file.read(block)) {
      for (int i = 0; i < count; i++) {
        if (block[i] != NEWLINE) continue;
        starts.add(end);
        end = at + i + 1;
      }
      at += count;
    }
    file.setLength(end);
    durable = starts.size();
    if (durable > 0) {
      Entry last = entry(durable - 1);
      read = last.read();
      closed = last.event().isLast();
    }
  }

  /** Adds an event. It is reported only after the next {@link #force}. */
  synchronized void append(TrainerEvent event, Bookmark readSoFar) throws IOException {
    if (closed) throw new IllegalStateException("the last event of this run is already spooled");
    byte[] json = WireFormat.JSON.writeValueAsBytes(new Entry(readSoFar, event));
    byte[] line = Arrays.copyOf(json, json.length + 1);
    line[json.length] = NEWLINE;
    file.seek(end);
    file.write(line);
    starts.add(end);
    end += line.length;
    read = readSoFar;
    closed = event.isLast();
  }

  /**
   * Puts what was appended on disk. The platform must never know of events that a power cut takes
   * from the spool: their numbers would be used again.
   *
   * @return whether there is anything new to report
   */
  synchronized boolean force() throws IOException {
    if (durable == starts.size()) return false;
    file.getFD().sync();
    durable = starts.size();
    return true;
  }

  synchronized Bookmark bookmark() {
    return read;
  }

  /** Whether the last event of this run is in. */
  synchronized boolean isClosed() {
    return closed;
  }

  /**
   * Whether all there will ever be is stored by a platform that has the events before {@code next}.
   */
  synchronized boolean isToldUpTo(int next) {
    return closed && next == starts.size();
  }

  /** Number of events that may be reported. */
  synchronized int size() {
    return durable;
  }

  /** The next events from number {@code first} on, up to limits of a message; one at least. */
  synchronized List<TrainerEvent> events(int first, int mostEvents, long mostBytes)
      throws IOException {
    var events = new ArrayList<TrainerEvent>();
    long bytes = 0;
    for (int i = first; i < durable && events.size() < mostEvents; i++) {
      bytes += length(i);
      if (bytes > mostBytes && !events.isEmpty()) break;
      events.add(entry(i).event());
    }
    return events;
  }

  private int length(int number) {
    long next = number + 1 < starts.size() ? starts.get(number + 1) : end;
    return Math.toIntExact(next - starts.get(number));
  }

  private Entry entry(int number) throws IOException {
    var bytes = new byte[length(number)];
    file.seek(starts.get(number));
    file.readFully(bytes);
    return WireFormat.JSON.readValue(bytes, Entry.class);
  }

  @Override
  public synchronized void close() throws IOException {
    file.close();
  }

  /** A growing list of numbers; a long run has many lines. */
  private static final class Offsets {
    private long[] values = new long[256];
    private int size;

    void add(long value) {
      if (size == values.length) values = Arrays.copyOf(values, 2 * size);
      values[size++] = value;
    }

    long get(int index) {
      return values[index];
    }

    int size() {
      return size;
    }
  }
}
