package io.turnpike.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnpike.connector.Connectors;
import io.turnpike.node.NodeState;
import io.turnpike.registry.zmq.Pings;
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
