package io.turnpike.probe;

import java.io.IOException;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.URI;

/**
 * Asks a service of this container for its health: exit code 0 for a 200, else 1 and one line that
 * says why. It asks on loopback, and where nobody listens there, on the container's own address.
 *
 * <p>{@code HttpURLConnection} rather than the newer client: a JVM that lives for one request
 * starts in half the time with it.
 */
public final class HealthProbe {

  private static final int PATIENCE_MILLIS = 2000;
  private static final int USAGE = 2;

  private HealthProbe() {}

  /** Takes a port and a path; bad usage is 2. */
  public static void main(String[] arguments) throws IOException {
    System.exit(run(System.out, arguments));
  }

  static int run(PrintStream out, String... arguments) throws IOException {
    if (arguments.length != 2 || !arguments[0].matches("\\d{1,5}")) {
      out.println("usage: HealthProbe PORT PATH");
      return USAGE;
    }
    try {
      return ask("127.0.0.1", out, arguments);
    } catch (ConnectException nobodyThere) {
      return askOwnAddress(out, arguments);
    } catch (IOException e) {
      out.println(arguments[1] + ": " + e.getMessage());
      return 1;
    }
  }

  private static int askOwnAddress(PrintStream out, String... arguments) throws IOException {
    String own = InetAddress.getLocalHost().getHostAddress();
    try {
      return ask(own, out, arguments);
    } catch (IOException e) {
      out.println("port " + arguments[0] + " of 127.0.0.1 and " + own + ": " + e.getMessage());
      return 1;
    }
  }

  private static int ask(String host, PrintStream out, String... arguments) throws IOException {
    URI uri = URI.create("http://" + host + ":" + arguments[0] + arguments[1]);
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
    connection.setConnectTimeout(PATIENCE_MILLIS);
    connection.setReadTimeout(PATIENCE_MILLIS);
    int status = connection.getResponseCode();
    if (status != HttpURLConnection.HTTP_OK) {
      out.println(arguments[1] + ": " + status);
      return 1;
    }
    return 0;
  }
}
