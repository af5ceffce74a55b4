package io.turnpike.launcher.kubernetes;

import io.kubernetes.client.PortForward.PortForwardResult;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;

/**
 * A port of a pod, for one connection, on this machine's loopback address. It leads over the API
 * server and the pod's own node, so that no network policy has to let anybody in; a Service's proxy
 * was rejected because it comes from the API server's address, which policies do not know.
 */
final class PodPort implements AutoCloseable {

  private final PortForwardResult forwarded;
  private final ServerSocket door;

  private PodPort(PortForwardResult forwarded) throws IOException {
    this.forwarded = forwarded;
    this.door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  /**
   * Opens the door to a port that the API server leads to.
   *
   * @throws IllegalStateException if it leads there no more
   */
  static PodPort open(PortForwardResult forwarded, int port) throws IOException {
    InputStream answers = forwarded.getInputStream(port);
    OutputStream questions = forwarded.getOutboundStream(port);
    PodPort opened = new PodPort(forwarded);
    Thread.startVirtualThread(() -> opened.serve(questions, answers));
    return opened;
  }

  /** Where it is. */
  URI url() {
    return URI.create(
        "http://%s:%d".formatted(door.getInetAddress().getHostAddress(), door.getLocalPort()));
  }

  private void serve(OutputStream questions, InputStream answers) {
    try (Socket caller = door.accept()) {
      OutputStream back = caller.getOutputStream();
      Thread.startVirtualThread(() -> copy(answers, back));
      copy(caller.getInputStream(), questions);
    } catch (IOException e) {
      // Whoever called, or whoever was called, has gone; the caller sees it.
    }
  }

  private static void copy(InputStream from, OutputStream to) {
    try {
      from.transferTo(to);
    } catch (IOException e) {
      // Likewise.
    }
  }

  @Override
  public void close() throws IOException {
    forwarded.close();
    door.close();
  }
}
