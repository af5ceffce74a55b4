package io.turnpike.engine.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** An engine of plain sockets: a test says, connection by connection, what it reads and writes. */
final class PlainEngine implements AutoCloseable {

  /** What one connection does. */
  interface Script {
    void run(Peer peer) throws IOException, InterruptedException;
  }

  final AtomicInteger connections = new AtomicInteger();
  final Queue<String> requests = new ConcurrentLinkedQueue<>();

  private final ServerSocket server;
  private final List<Script> scripts;
  private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();

  /** Each connection runs the next script, and every later one the last. */
  PlainEngine(Script... scripts) throws IOException {
    this.scripts = List.of(scripts);
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  /** Answers every request like this until the connection ends. */
  static Script always(String answer) {
    return peer -> {
      while (peer.readRequest()) {
        peer.write(answer);
      }
    };
  }

  static String json(String body) {
    return "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort());
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        sockets.add(socket);
        Script script = scripts.get(Math.min(connections.getAndIncrement(), scripts.size() - 1));
        Thread.ofVirtual().start(() -> serve(socket, script));
      }
    } catch (IOException closed) {
      // the test is over
    }
  }

  private void serve(Socket socket, Script script) {
    try (socket) {
      script.run(new Peer(socket));
    } catch (IOException | InterruptedException broken) {
      // the gateway left
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  /** One connection as a script sees it. */
  final class Peer {
    final AtomicLong written = new AtomicLong();
    private final Socket socket;
    private final InputStream in;

    Peer(Socket socket) throws IOException {
      this.socket = socket;
      this.in = socket.getInputStream();
    }

    /** Reads one request whole; false at the connection's end. */
    boolean readRequest() throws IOException {
      String head = readHead();
      if (head == null) {
        return false;
      }
      int length = Integer.parseInt(head.replaceAll("(?s).*content-length: (\\d+).*", "$1"));
      requests.add(head + new String(in.readNBytes(length), ISO_8859_1));
      return true;
    }

    @Nullable String readHead() throws IOException {
      ByteArrayOutputStream head = new ByteArrayOutputStream();
      while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
        int next = in.read();
        if (next < 0) {
          return null;
        }
        head.write(next);
      }
      return head.toString(ISO_8859_1);
    }

    void write(String text) throws IOException {
      byte[] bytes = text.getBytes(ISO_8859_1);
      socket.getOutputStream().write(bytes);
      written.addAndGet(bytes.length);
    }

    /** Waits until the gateway has closed the connection. */
    void awaitEnd(CountDownLatch ended) throws IOException {
      try {
        in.transferTo(OutputStream.nullOutputStream());
      } finally {
        ended.countDown();
      }
    }
  }
}
