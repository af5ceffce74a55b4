package io.turnpike.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.turnpike.connector.Connectors;
import io.turnpike.node.NodeState;
import io.turnpike.registry.zmq.Pings;
import io.turnpike.registry.zmq.RawPeer;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/** Engines ping over real sockets. */
@ExtendWith(OutputCaptureExtension.class)
class PingIT {

  private static final RunningRegistry REGISTRY =
      RunningRegistry.start(
          "--turnpike.registry.pings-per-second=20000",
          "--turnpike.registry.ping-suspect=1s",
          "--turnpike.registry.ping-gone=2s");
  private static final int HANDSHAKE_MILLIS = 300;
  private static final ZContext CONTEXT = new ZContext();

  @BeforeAll
  static void listens() {
    assertThat(REGISTRY.isListening()).isTrue();
  }

  @AfterAll
  static void close() {
    CONTEXT.close();
    REGISTRY.close();
  }

  @Test
  void ping_joins_andIsReadyOnlyWhenHttpAnswers() throws Exception {
    int port = freePort();
    ZMQ.Socket engine = dealer("10.0.0.1:21001");
    String id = "127.0.0.1:" + port;
    byte[] ping = Pings.p2p("P", id, "127.0.0.1:21001");
    engine.send(ping);
    Eventually.until("joining", () -> REGISTRY.is(id, NodeState.JOINING));
    try (TestEngine http = TestEngine.startAt(port, "5")) {
      Eventually.until(
          "ready",
          () -> {
            engine.send(ping);
            return REGISTRY.is(id, NodeState.READY);
          });
      assertThat(http.port()).isEqualTo(port);
      assertThat(Objects.requireNonNull(REGISTRY.node(id)).connector())
          .isEqualTo(Connectors.P2P_NCCL);
      assertThat(Objects.requireNonNull(REGISTRY.node(id)).zmqAddress())
          .isEqualTo("127.0.0.1:21001");
      Eventually.until("suspect without pings", () -> REGISTRY.is(id, NodeState.SUSPECT));
      Eventually.until("gone without pings", () -> REGISTRY.node(id) == null);
    }
  }

  @Test
  void ping_listsMoriio_withANoteThatSaysWhatIsMissing() {
    try (TestEngine http = TestEngine.start()) {
      dealer("m").send(Pings.moriio("D", http.address()));
      Eventually.until("listed", () -> REGISTRY.node(http.address()) != null);
      assertThat(
              REGISTRY
                  .call("GET", "/v1/nodes/" + http.address(), null)
                  .body()
                  .path("note")
                  .asString())
          .contains("moriio");
    }
  }

  @Test
  void badPackets_areCountedAndDropped_andNeverFatal() {
    ZMQ.Socket hostile = dealer("h");
    double before = REGISTRY.pings("not-msgpack") + REGISTRY.pings("not-a-ping");
    Random random = new Random(7);
    for (int i = 0; i < 300; i++) {
      byte[] garbage = new byte[1 + random.nextInt(200)];
      random.nextBytes(garbage);
      hostile.send(garbage);
    }
    hostile.send(new byte[10_000]);
    assertThat(hostile.sendMore("one")).isTrue();
    assertThat(hostile.sendMore("two")).isTrue();
    hostile.send("three");
    hostile.send(Pings.pack(Map.of("type", "HELLO")));
    hostile.send(Pings.p2p("P", "169.254.169.254:80", "127.0.0.1:1"));
    hostile.send("".getBytes(StandardCharsets.UTF_8));
    Eventually.until("all counted", () -> REGISTRY.pings("refused-address") >= 1);

    assertThat(REGISTRY.pings("oversized")).isEqualTo(1);
    assertThat(REGISTRY.pings("frames")).isEqualTo(1);
    assertThat(REGISTRY.pings("unknown-type")).isGreaterThanOrEqualTo(1);
    assertThat(REGISTRY.pings("not-msgpack") + REGISTRY.pings("not-a-ping"))
        .isGreaterThan(before + 200);
    assertAlive();
  }

  @Test
  void hugeFrames_closeTheirConnection_andNothingElse() {
    dealer("big").send(new byte[1 << 20]);
    assertAlive();
  }

  /** A message that never ends costs nothing, and nobody else is disturbed by it. */
  @Test
  void endlessMessages_areLeft_andOthersPingsStillCount() {
    System.gc();
    long before = usedBytes();
    ByteBuf part = RawPeer.frame(RawPeer.MORE, new byte[16 << 10]);
    for (int i = 0; i < 50; i++) {
      try (RawPeer hostile = RawPeer.dealer(REGISTRY.zmqEndpoint())) {
        assertThat(endless(hostile, part)).as("megabytes that were taken").isLessThan(64);
      }
    }
    System.gc();
    assertThat(usedBytes() - before).isLessThan(16 << 20);
    assertThat(REGISTRY.pings("protocol")).isGreaterThanOrEqualTo(50);
    assertAlive();
  }

  /** Sends parts until the connection is closed; how many megabytes that took. */
  private static long endless(RawPeer hostile, ByteBuf part) {
    long sent = 0;
    try {
      while (sent < 1L << 30) {
        hostile.send(part.duplicate());
        sent += part.readableBytes();
      }
    } catch (UncheckedIOException e) {
      assertThat(hostile.isLeft()).isTrue();
    }
    return sent >> 20;
  }

  private static long usedBytes() {
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Test
  void heartbeats_areAnswered_alsoThoseThatBreakOff() {
    try (RawPeer peer = RawPeer.dealer(REGISTRY.zmqEndpoint())) {
      peer.send(RawPeer.command("\4PING".getBytes(StandardCharsets.US_ASCII)));
      assertThat(peer.read(7)).startsWith(4, 5, 4).endsWith('P', 'O', 'N', 'G');
      peer.send(RawPeer.command("\4PING__ctx".getBytes(StandardCharsets.US_ASCII)));
      assertThat(peer.read(10)).endsWith('P', 'O', 'N', 'G', 'c', 't', 'x');
    }
    assertAlive();
  }

  @Test
  void whoSpeaksNoZmtp_isLeft() {
    double before = REGISTRY.pings("protocol");
    try (RawPeer browser = new RawPeer(REGISTRY.zmqEndpoint())) {
      browser.send(Unpooled.copiedBuffer("GET / HTTP/1.1\r\n\r\n", StandardCharsets.US_ASCII));
      assertThat(browser.isLeft()).isTrue();
    }
    assertThat(REGISTRY.pings("protocol")).isEqualTo(before + 1);
    assertAlive();
  }

  @Test
  void peers_beyondTheBound_areNotLetIn_untilOneLeaves() {
    try (RunningRegistry small = RunningRegistry.start("--turnpike.registry.max-peers=8");
        RawPeer first = RawPeer.dealer(small.zmqEndpoint())) {
      try (RawPeer second = RawPeer.dealer(small.zmqEndpoint());
          RawPeer third = new RawPeer(small.zmqEndpoint())) {
        assertThat(third.isLeft()).as("a quarter is for one address").isTrue();
        second.send(RawPeer.frame(0, Pings.p2p("P", "127.0.0.1:9", "127.0.0.1:21001")));
        Eventually.until("those inside are heard", () -> small.node("127.0.0.1:9") != null);
        assertThat(small.pings("peers")).isEqualTo(1);
      }
      Eventually.until("room again", () -> isLetIn(small));
      first.send(RawPeer.frame(0, Pings.p2p("P", "127.0.0.1:10", "127.0.0.1:21001")));
      Eventually.until("heard", () -> small.node("127.0.0.1:10") != null);
    }
  }

  private static boolean isLetIn(RunningRegistry registry) {
    try (RawPeer peer = new RawPeer(registry.zmqEndpoint())) {
      return peer.read(1).length == 1;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  private static void assertAlive() {
    try (TestEngine http = TestEngine.start()) {
      dealer("alive").send(Pings.p2p("D", http.address(), "127.0.0.1:21002"));
      Eventually.until("still listens", () -> REGISTRY.is(http.address(), NodeState.READY));
    }
  }

  @Test
  void failedBind_failsTheStart_withOneLine(CapturedOutput output) throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String bind = "tcp://127.0.0.1:" + taken.getLocalPort();
      assertThatThrownBy(() -> RunningRegistry.start("--turnpike.registry.zmq-bind=" + bind))
          .isInstanceOf(Exception.class);
      assertThat(output.getErr())
          .contains("cannot start: turnpike.registry.zmq-bind: cannot bind " + bind);
      assertThat(output.getAll()).doesNotContain("\tat ");
    }
  }

  private static ZMQ.Socket dealer(String identity) {
    ZMQ.Socket socket = CONTEXT.createSocket(SocketType.DEALER);
    socket.setIdentity((identity + System.nanoTime()).getBytes(StandardCharsets.UTF_8));
    // JeroMQ 0.6 as the connecting side stalls in some of its handshakes and tries again only after
    // 30 s; libzmq, which engines use, was not seen to.
    socket.setHandshakeIvl(HANDSHAKE_MILLIS);
    socket.connect(REGISTRY.zmqEndpoint());
    return socket;
  }

  private static int freePort() throws java.io.IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }
}
