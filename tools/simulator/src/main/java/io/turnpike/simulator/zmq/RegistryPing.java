package io.turnpike.simulator.zmq;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/**
 * Pings a registry as vLLM's P2pNcclConnector does (vLLM ≤ 0.23): a DEALER whose identity is the
 * engine's ZMQ address sends one msgpack map at once and then every 3 s, and never reads.
 */
public final class RegistryPing implements AutoCloseable {

  /** vLLM's interval. */
  public static final Duration INTERVAL = Duration.ofSeconds(3);

  private static final int MAX_UNSENT = 8;

  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;

  /**
   * What a ping says.
   *
   * @param type {@code P} or {@code D}
   * @param httpAddress host:port of the engine's API
   * @param zmqAddress host:port that other engines send KV to
   */
  public record Ping(String type, String httpAddress, String zmqAddress) {

    /** The payload: exactly these three keys, all strings. */
    public byte[] pack() {
      try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
        packer.packMapHeader(3);
        packer.packString("type").packString(type);
        packer.packString("http_address").packString(httpAddress);
        packer.packString("zmq_address").packString(zmqAddress);
        return packer.toByteArray();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Starts pinging; {@code registry} is a ZMQ address such as {@code tcp://127.0.0.1:30001}. */
  public RegistryPing(String registry, Ping ping) {
    this.thread =
        Thread.ofPlatform().daemon().name("registry-ping").start(() -> run(registry, ping));
  }

  @Override
  public void close() {
    stop.countDown();
    try {
      thread.join(INTERVAL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run(String registry, Ping ping) {
    try (ZContext context = new ZContext()) {
      context.setLinger(0);
      ZMQ.Socket socket = context.createSocket(SocketType.DEALER);
      socket.setIdentity(ping.zmqAddress().getBytes(StandardCharsets.UTF_8));
      socket.setSndHWM(MAX_UNSENT);
      // JeroMQ as the connecting side can stall in its handshake: begin anew after a second.
      socket.setHandshakeIvl(1000);
      socket.connect(registry);
      byte[] payload = ping.pack();
      do {
        socket.send(payload, ZMQ.DONTWAIT);
      } while (!stop.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
