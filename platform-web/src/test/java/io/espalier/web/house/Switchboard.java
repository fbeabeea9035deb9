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
    for (int port : ports) {
      try (caller;
          var platform = new Socket(InetAddress.getLoopbackAddress(), port)) {
        var back = Thread.ofVirtual().start(() -> pass(platform, caller));
        pass(caller, platform);
        back.join();
        return;
      } catch (IOException notThis) {
        if (caller.isClosed()) return;
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    }
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
