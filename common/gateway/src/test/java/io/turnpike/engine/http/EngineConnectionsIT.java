package io.turnpike.engine.http;

import static io.turnpike.engine.http.PlainEngine.always;
import static io.turnpike.engine.http.PlainEngine.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.turnpike.engine.http.LegRequest.Resend;
import io.turnpike.turn.LegFault;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Which connection a leg gets, and what becomes of it. */
class EngineConnectionsIT extends LegsOnOneLoop {

  @Test
  void nextLeg_usesTheSameConnection() throws IOException {
    try (PlainEngine engine = new PlainEngine(always(json("{\"ok\":true}")))) {
      for (int i = 0; i < 3; i++) {
        RecordedLeg leg = send(engine.url(), "{}", Resend.ALLOWED);
        assertThat(leg.outcome()).isEqualTo("end");
        assertThat(leg.status).isEqualTo(200);
        assertThat(leg.body()).isEqualTo("{\"ok\":true}");
      }
      assertThat(engine.connections).hasValue(1);
    }
  }

  @Test
  void usedConnectionThatDies_isReplacedOnce() throws IOException {
    try (PlainEngine engine =
        new PlainEngine(answersOnceThenCuts(), always(json("{\"second\":1}")))) {
      send(engine.url(), "{}", Resend.ALLOWED).outcome();
      RecordedLeg leg = send(engine.url(), "{}", Resend.ALLOWED);
      assertThat(leg.outcome()).isEqualTo("end");
      assertThat(leg.body()).isEqualTo("{\"second\":1}");
      assertThat(engine.requests).hasSize(3);
    }
  }

  @Test
  void resentRequestThatDiesToo_isLost() throws IOException {
    try (PlainEngine engine =
        new PlainEngine(answersOnceThenCuts(), PlainEngine.Peer::readRequest)) {
      send(engine.url(), "{}", Resend.ALLOWED).outcome();
      assertThat(send(engine.url(), "{}", Resend.ALLOWED).outcome()).startsWith("LOST");
      assertThat(engine.requests).hasSize(3);
    }
  }

  @Test
  void requestWithParams_isNeverSentTwice() throws IOException {
    try (PlainEngine engine = new PlainEngine(answersOnceThenCuts(), always(json("{}")))) {
      send(engine.url(), "{}", Resend.ALLOWED).outcome();
      assertThat(send(engine.url(), "{}", Resend.FORBIDDEN).outcome()).startsWith("LOST");
      assertThat(engine.requests).hasSize(2);
    }
  }

  private static PlainEngine.Script answersOnceThenCuts() {
    return peer -> {
      peer.readRequest();
      peer.write(json("{}"));
      peer.readRequest();
    };
  }

  @Test
  void newConnectionThatDies_isLost() throws IOException {
    try (PlainEngine engine = new PlainEngine(PlainEngine.Peer::readRequest, always(json("{}")))) {
      assertThat(send(engine.url(), "{}", Resend.ALLOWED).outcome()).startsWith("LOST");
      assertThat(engine.requests).hasSize(1);
    }
  }

  @Test
  void closedPort_isRefused() throws IOException {
    URI nobody;
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = URI.create("http://127.0.0.1:" + taken.getLocalPort());
    }
    assertThat(send(nobody, "{}", Resend.ALLOWED).outcome())
        .isEqualTo("REFUSED: cannot be reached");
  }

  @Test
  void unknownHost_isRefused() {
    assertThat(send(URI.create("http://nobody.invalid:1"), "{}", Resend.ALLOWED).outcome())
        .startsWith("REFUSED");
  }

  @Test
  void plainEngine_underHttps_isRefused() throws IOException {
    try (PlainEngine engine = new PlainEngine(peer -> peer.write("no TLS here\r\n"))) {
      URI secure = URI.create("https://127.0.0.1:" + engine.url().getPort());
      assertThat(send(secure, "{}", Resend.ALLOWED).outcome())
          .isEqualTo("REFUSED: failed to agree on TLS");
    }
  }

  @Test
  void connectionThatIsToClose_isNotUsedAgain() throws IOException {
    String answer = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    try (PlainEngine engine = new PlainEngine(always(answer))) {
      send(engine.url(), "{}", Resend.ALLOWED).outcome();
      assertThat(send(engine.url(), "{}", Resend.ALLOWED).outcome()).isEqualTo("end");
      assertThat(engine.connections).hasValue(2);
    }
  }

  @Test
  void answerBeforeTheRequestIsRead_isTold_andTheConnectionIsClosed() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    try (PlainEngine engine =
        new PlainEngine(
            peer -> {
              peer.readHead();
              peer.write("HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n");
              closed.await();
            },
            always(json("{}")))) {
      RecordedLeg leg = send(engine.url(), "x".repeat(20_000_000), Resend.ALLOWED);
      assertThat(leg.outcome()).isEqualTo("end");
      assertThat(leg.status).isEqualTo(413);
      assertThat(send(engine.url(), "{}", Resend.ALLOWED).outcome()).isEqualTo("end");
      assertThat(engine.connections).hasValue(2);
      closed.countDown();
    }
  }

  @Test
  void idleConnection_isClosedInTime() throws Exception {
    clients =
        clients(
            new ConnectionLimits(
                8, 8, Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofMillis(40)));
    CountDownLatch ended = new CountDownLatch(1);
    try (PlainEngine engine =
        new PlainEngine(
            peer -> {
              peer.readRequest();
              peer.write(json("{}"));
              peer.awaitEnd(ended);
            })) {
      send(engine.url(), "{}", Resend.ALLOWED).outcome();
      assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void legsBeyondTheConnections_wait_andBeyondThatAreBusy() throws IOException {
    clients =
        clients(
            new ConnectionLimits(
                1, 1, Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofSeconds(30)));
    CountDownLatch answer = new CountDownLatch(1);
    try (PlainEngine engine =
        new PlainEngine(
            peer -> {
              while (peer.readRequest()) {
                answer.await();
                peer.write(json("{}"));
              }
            })) {
      RecordedLeg first = send(engine.url(), "1", Resend.ALLOWED);
      RecordedLeg second = send(engine.url(), "2", Resend.ALLOWED);
      RecordedLeg third = send(engine.url(), "3", Resend.ALLOWED);
      assertThat(third.outcome()).isEqualTo("BUSY: has no free connection");
      answer.countDown();
      assertThat(first.outcome()).isEqualTo("end");
      assertThat(second.outcome()).isEqualTo("end");
      assertThat(engine.connections).hasValue(1);
    }
  }

  @Test
  void legThatWaitsTooLong_isBusy() throws IOException {
    clients =
        clients(
            new ConnectionLimits(
                1, 8, Duration.ofSeconds(2), Duration.ofMillis(40), Duration.ofSeconds(30)));
    CountDownLatch never = new CountDownLatch(1);
    try (PlainEngine engine =
        new PlainEngine(
            peer -> {
              peer.readRequest();
              peer.awaitEnd(never);
            })) {
      RecordedLeg first = send(engine.url(), "1", Resend.ALLOWED);
      assertThat(send(engine.url(), "2", Resend.ALLOWED).outcome()).startsWith("BUSY");
      assertThat(first.isOver()).isFalse();
    }
  }

  @Test
  void requestThatCouldNotGoInTime_isNotSent() throws IOException {
    try (PlainEngine engine = new PlainEngine(always(json("{}")))) {
      long past = System.nanoTime() - 1;
      RecordedLeg leg =
          send(request(engine.url(), "{}", Resend.FORBIDDEN, past), new RecordedLeg());
      assertThat(leg.outcome()).isEqualTo("BUSY: could not be asked in time");
      assertThat(engine.requests).isEmpty();
    }
  }

  @Test
  void legsOfAnEngineThatIsGone_endAtOnce() throws IOException {
    try (PlainEngine engine =
        new PlainEngine(
            peer -> {
              peer.readRequest();
              peer.awaitEnd(new CountDownLatch(1));
            })) {
      RecordedLeg leg = send(engine.url(), "{}", Resend.ALLOWED);
      await().until(() -> engine.requests.size() == 1);
      clients.endAll(engine.url(), LegFault.LOST, "has restarted");
      assertThat(leg.outcome()).isEqualTo("LOST: has restarted");
    }
  }

  @Test
  void idleConnectionsOfEnginesThatLeft_areClosed() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    try (PlainEngine engine =
        new PlainEngine(
            peer -> {
              peer.readRequest();
              peer.write(json("{}"));
              peer.awaitEnd(ended);
            })) {
      send(engine.url(), "{}", Resend.ALLOWED).outcome();
      clients.keepOnly(Set.of());
      assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }
}
