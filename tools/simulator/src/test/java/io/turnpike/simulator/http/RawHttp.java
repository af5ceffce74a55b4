package io.turnpike.simulator.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** HTTP/1.1 over a plain socket, so that headers are seen as they were sent. */
final class RawHttp {

  private static final int TIMEOUT_MILLIS = 20_000;

  private RawHttp() {}

  static Answered post(int port, String path, String body) throws IOException {
    return send(port, "POST", path, Map.of("content-type", "application/json"), body);
  }

  static Answered get(int port, String path) throws IOException {
    return send(port, "GET", path, Map.of(), "");
  }

  static Answered send(
      int port, String method, String path, Map<String, String> headers, String body)
      throws IOException {
    try (Socket socket = open(port, method, path, headers, body)) {
      return read(socket, method);
    }
  }

  /** Sends and leaves the socket open. */
  static Socket open(int port, String method, String path, Map<String, String> headers, String body)
      throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nhost: test\r\n");
    headers.forEach(
        (name, value) -> head.append(value.isEmpty() ? "" : name + ": " + value + "\r\n"));
    if (bytes.length > 0 || method.equals("POST")) {
      head.append("content-length: ").append(bytes.length).append("\r\n");
    }
    socket.getOutputStream().write((head + "\r\n").getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().write(bytes);
    return socket;
  }

  static Answered read(Socket socket, String method) throws IOException {
    InputStream in = new BufferedInputStream(socket.getInputStream());
    int status = Integer.parseInt(line(in).split(" ", -1)[1]);
    Map<String, String> headers = new LinkedHashMap<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      String[] parts = line.split(": ?", 2);
      headers.put(parts[0], parts[1]);
    }
    String body = method.equals("HEAD") ? "" : body(in, headers);
    List<String> events =
        body.startsWith("data: ")
            ? body.lines().filter(l -> !l.isEmpty()).map(l -> l.substring(6)).toList()
            : List.of();
    return new Answered(status, headers, events.isEmpty() ? body : "", events);
  }

  private static String body(InputStream in, Map<String, String> headers) throws IOException {
    if (headers.containsKey("content-length")) {
      int length = Integer.parseInt(headers.get("content-length"));
      return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int size = chunk(in); size > 0; size = chunk(in)) {
      all.write(in.readNBytes(size));
      line(in);
    }
    return all.toString(StandardCharsets.UTF_8);
  }

  private static int chunk(InputStream in) throws IOException {
    return Integer.parseInt(line(in), 16);
  }

  static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("connection ended");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }
}
