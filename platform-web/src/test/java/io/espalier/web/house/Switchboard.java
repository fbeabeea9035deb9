package io.espalier.web.house;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;

/**
 * One address for several platforms, as a load balancer has it: the first that answers is called.
 */
final class Switchboard implements AutoCloseable {

  private final ServerSocket entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final List<Integer> ports;

  Switchboard(List<House> houses) throws IOException {
    ports = houses.stream().map(house -> URI.create(house.url()).getPort()).toList();
    Thread.ofVirtual().start(this::accept);
  }

  String url() {
    return "http://127.0.0.1:" + entrance.getLocalPort();
  }

  private void accept() {
    while (!entrance.isClosed()) {
      try {
        var caller = entrance.accept();
        Thread.ofVirtual().start(() -> connect(caller));
      } catch (IOException closed) {
        // The next look at the entrance tells.
      }
    }
  }

  private void connect(Socket caller) {
    try (caller;
        var platform = firstThatAnswers()) {
      var back = Thread.ofVirtual().start(() -> pass(platform, caller));
      pass(caller, platform);
      back.join();
    } catch (IOException nobodyAnswers) {
      // The caller is hung up on, and calls again.
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private Socket firstThatAnswers() throws IOException {
    var last = new IOException("there are no platforms");
    for (int port : ports) {
      try {
        return new Socket(InetAddress.getLoopbackAddress(), port);
      } catch (IOException refused) {
        last = refused;
      }
    }
    throw last;
  }

  private static void pass(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException over) {
      // Both ends are closed now.
    }
  }

  @Override
  public void close() throws IOException {
    entrance.close();
  }
}
