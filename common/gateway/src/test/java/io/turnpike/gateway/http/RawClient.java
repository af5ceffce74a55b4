package io.turnpike.gateway.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A client that says exactly what goes over its socket. */
final class RawClient implements AutoCloseable {

  static final String CHAT = "/v1/chat/completions";

  private static final int PATIENCE_MILLIS = 10_000;

  private final Socket socket;
  private final InputStream in;

  RawClient(int port) throws IOException {
    this(port, 0);
  }

  /**
   * @param receiveBytes size of the socket's buffer, or 0 for the system's choice
   */
  RawClient(int port, int receiveBytes) throws IOException {
    socket = new Socket();
    if (receiveBytes > 0) {
      socket.setReceiveBufferSize(receiveBytes);
    }
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setSoTimeout(PATIENCE_MILLIS);
    in = new BufferedInputStream(socket.getInputStream());
  }

  static String post(String body) {
    return "POST "
        + CHAT
        + " HTTP/1.1\r\nhost: a\r\ncontent-length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  static String get(String path) {
    return "GET " + path + " HTTP/1.1\r\nhost: a\r\n\r\n";
  }

  RawClient send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    return this;
  }

  /** The next answer with a content length: its first line, a space, its body. */
  String answer() throws IOException {
    String head = readTo("\r\n\r\n");
    int length = Integer.parseInt(head.replaceAll("(?is).*content-length: (\\d+).*", "$1"));
    return head.substring(0, head.indexOf('\r'))
        + " "
        + new String(in.readNBytes(length), ISO_8859_1);
  }

  /** What comes until this has come, with it. */
  String readTo(String end) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    StringBuilder tail = new StringBuilder();
    while (!tail.toString().equals(end)) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("ended after: " + all.toString(ISO_8859_1));
      }
      all.write(next);
      tail.append((char) next);
      tail.delete(0, Math.max(0, tail.length() - end.length()));
    }
    return all.toString(ISO_8859_1);
  }

  /** What comes until the server ends the connection. */
  String readAll() throws IOException {
    return new String(in.readAllBytes(), ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
