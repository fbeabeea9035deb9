package io.espalier.house;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A wire of this machine that can be cut, muted and slowed down, and that can send again what has
 * gone over it. A connection goes to the first of the targets that takes it.
 */
public final class TcpProxy implements AutoCloseable {

  private static final int MOST_REMEMBERED = 50;

  private final List<Integer> targets;
  private final String remembered;
  private final ServerSocket entrance;
  private final Set<Line> lines = ConcurrentHashMap.newKeySet();
  private final List<byte[]> requests = new ArrayList<>(); // guarded by itself
  private volatile boolean cut;
  private volatile boolean muted;
  private volatile Duration delay = Duration.ZERO;

  /**
   * @param targets ports of this machine
   * @param remembered how requests begin that can be sent again; nothing begins with a blank line
   */
  public TcpProxy(List<Integer> targets, String remembered) throws IOException {
    this.targets = List.copyOf(targets);
    this.remembered = remembered;
    this.entrance = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().name("proxy").start(this::accept);
  }

  public int port() {
    return entrance.getLocalPort();
  }

  /** Ends all connections and takes no more. */
  public void cut() {
    cut = true;
    hangUp();
  }

  /** Lets requests through and swallows the answers. */
  public void mute() {
    muted = true;
  }

  /** Holds every piece back for so long. */
  public void delay(Duration time) {
    delay = time;
  }

  /** The wire is whole again. What was muted is lost, so such connections end. */
  public void heal() {
    boolean damaged = muted;
    cut = false;
    muted = false;
    delay = Duration.ZERO;
    if (damaged) hangUp();
  }

  private void hangUp() {
    lines.forEach(Line::close);
  }

  /** Sends a request again that has come over the wire, this moment's or an older one. */
  public boolean repeat(Random random) throws IOException {
    byte[] request;
    synchronized (requests) {
      if (requests.isEmpty()) return false;
      request = requests.get(random.nextInt(requests.size()));
    }
    try (Socket socket = connect()) {
      socket.setSoTimeout(5000);
      socket.getOutputStream().write(request);
      return socket.getInputStream().read() >= 0;
    }
  }

  @Override
  public void close() throws IOException {
    entrance.close();
    hangUp();
  }

  private void accept() {
    while (!entrance.isClosed()) {
      try {
        Socket client = entrance.accept();
        if (cut) {
          client.close();
        } else {
          Thread.ofVirtual().name("proxy line").start(() -> open(client));
        }
      } catch (IOException closed) {
        // The next look at the entrance tells.
      }
    }
  }

  private void open(Socket client) {
    try {
      var line = new Line(client, connect());
      lines.add(line);
      if (cut) line.close();
      Thread.ofVirtual().name("proxy back").start(line::back);
      line.forth();
    } catch (IOException nobodyThere) {
      close(client);
    }
  }

  private Socket connect() throws IOException {
    IOException last = new IOException("no targets");
    for (int target : targets) {
      try {
        return new Socket(InetAddress.getLoopbackAddress(), target);
      } catch (IOException refused) {
        last = refused;
      }
    }
    throw last;
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException gone) {
      // It is closed then.
    }
  }

  /** A connection, from both of its ends. */
  private final class Line {
    private final Socket client;
    private final Socket server;
    // What the client has said since the server spoke: a whole request, once the server answers.
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    Line(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    void forth() {
      pump(client, server, true);
    }

    void back() {
      pump(server, client, false);
    }

    private void pump(Socket from, Socket to, boolean forth) {
      var piece = new byte[1 << 16];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
          if (!delay.isZero()) Thread.sleep(delay);
          if (forth) {
            hear(piece, count);
          } else {
            answered();
            if (muted) continue;
          }
          out.write(piece, 0, count);
        }
      } catch (IOException over) {
        // One end has closed it, or a cut has.
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      } finally {
        close();
      }
    }

    private synchronized void hear(byte[] piece, int count) {
      if (remembered.isBlank()) return;
      said.write(piece, 0, count);
    }

    private synchronized void answered() {
      if (said.size() == 0) return;
      byte[] request = said.toByteArray();
      said.reset();
      int length = Math.min(remembered.length(), request.length);
      if (!new String(request, 0, length, StandardCharsets.ISO_8859_1).equals(remembered)) return;
      synchronized (requests) {
        if (requests.size() == MOST_REMEMBERED) requests.removeFirst();
        requests.add(request);
      }
    }

    void close() {
      lines.remove(this);
      TcpProxy.close(client);
      TcpProxy.close(server);
    }
  }
}
