package io.turnpike.probe;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * Asks a service of this container for its health: exit code 0 for a 200, else 1 and one line that
 * says why. It asks on loopback, and where nobody listens there, on the container's own address.
 *
 * <p>A request line and a status line on a socket rather than an HTTP client: a JVM that lives for
 * one request spends most of its time on the classes of the client.
 */
public final class HealthProbe {

  private static final int PATIENCE_MILLIS = 2000;
  private static final int USAGE = 2;

  /** As long as {@code HTTP/1.1 200}. */
  private static final int STATUS_BYTES = 12;

  private static final int STATUS_BEGINS = 9;

  private HealthProbe() {}

  /** Takes a port and a path; bad usage is 2. */
  public static void main(String[] arguments) throws IOException {
    System.exit(run(System.out, arguments));
  }

  static int run(PrintStream out, String... arguments) throws IOException {
    int port = arguments.length == 2 ? port(arguments[0]) : -1;
    if (port < 0) {
      out.println("usage: HealthProbe PORT PATH");
      return USAGE;
    }
    String path = arguments[1];
    try {
      return ask(InetAddress.getLoopbackAddress(), port, path, out);
    } catch (ConnectException nobodyThere) {
      return askOwnAddress(port, path, out);
    } catch (IOException e) {
      out.println(path + ": " + e.getMessage());
      return 1;
    }
  }

  private static int port(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static int askOwnAddress(int port, String path, PrintStream out) throws IOException {
    InetAddress own = InetAddress.getLocalHost();
    try {
      return ask(own, port, path, out);
    } catch (IOException e) {
      String where = "port " + port + " of 127.0.0.1 and " + own.getHostAddress();
      out.println(where + ": " + e.getMessage());
      return 1;
    }
  }

  private static int ask(InetAddress host, int port, String path, PrintStream out)
      throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), PATIENCE_MILLIS);
      socket.setSoTimeout(PATIENCE_MILLIS);
      String request = "GET " + path + " HTTP/1.1\r\nHost: health\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      String said = new String(socket.getInputStream().readNBytes(STATUS_BYTES), ISO_8859_1);
      String status = said.length() == STATUS_BYTES ? said.substring(STATUS_BEGINS) : "no answer";
      if (!status.equals("200")) {
        out.println(path + ": " + status);
        return 1;
      }
      return 0;
    }
  }
}
