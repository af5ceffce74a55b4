package io.turnpike.engine.http;

import static io.turnpike.engine.http.PlainEngine.always;
import static io.turnpike.engine.http.PlainEngine.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.resolver.DefaultAddressResolverGroup;
import io.turnpike.engine.http.LegRequest.Resend;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.netty.resources.LoopResources;

class EngineConnectionsIT {

  private static final ConnectionLimits LIMITS =
      new ConnectionLimits(
          8, 8, Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofSeconds(30));

  private final LoopResources loops = LoopResources.create("test", 1, true);
  private final EventLoop loop = loops.onServer(true).next();
  private EngineClients clients = clients(LIMITS);

  private EngineClients clients(ConnectionLimits limits) {
    return new EngineClients(
        new EngineSockets(
            it -> loops.onChannel(SocketChannel.class, it), DefaultAddressResolverGroup.INSTANCE),
        new EngineClients.Terms(limits, "secret"),
        System::nanoTime);
  }

  @AfterEach
  void stop() {
    clients.close();
    loops.disposeLater(Duration.ZERO, Duration.ofSeconds(2)).block();
  }

  private RecordedLeg send(URI engine, String body, Resend resend) {
    return send(request(engine, body, resend, LegRequest.ANY_TIME), new RecordedLeg());
  }

  private RecordedLeg send(LegRequest request, RecordedLeg leg) {
    loop.submit(() -> leg.call = clients.of(loop).send(request, leg)).syncUninterruptibly();
    return leg;
  }

  private static LegRequest request(URI engine, String body, Resend resend, long latestNanos) {
    HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
    headers.set("x-request-id", "id-1");
    return new LegRequest(
        engine,
        "/v1/chat/completions",
        headers,
        Unpooled.copiedBuffer(body, UTF_8),
        resend,
        latestNanos);
  }

  private void onLoop(Runnable task) {
    loop.submit(task).syncUninterruptibly();
  }

  @Test
  void request_isOnTheWire_asItShould() throws IOException {
    try (PlainEngine engine = new PlainEngine(always(json("{}")))) {
      assertThat(send(engine.url(), "{\"a\":1}", Resend.ALLOWED).outcome()).isEqualTo("end");
      assertThat(engine.requests)
          .containsExactly(
              """
              POST /v1/chat/completions HTTP/1.1
              host: 127.0.0.1:%d
              content-type: application/json
              user-agent: turnpike
              accept: */*
              authorization: Bearer secret
              x-request-id: id-1
              content-length: 7

              {"a":1}\
              """
                  .formatted(engine.url().getPort())
                  .replace("\n", "\r\n"));
    }
  }

  @Test
  void bodyLargerThanOneBuffer_arrivesWhole() throws IOException {
    String body = "x".repeat(3_000_000);
    try (PlainEngine engine = new PlainEngine(always(json("{}")))) {
      assertThat(send(engine.url(), body, Resend.ALLOWED).outcome()).isEqualTo("end");
      assertThat(engine.requests.element()).endsWith("\r\n\r\n" + body);
    }
  }

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
  void answerCutInItsBody_isLost_afterItsFirstPart() throws IOException {
    try (PlainEngine engine =
        new PlainEngine(
            peer -> {
              peer.readRequest();
              peer.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n");
            })) {
      RecordedLeg leg = send(engine.url(), "{}", Resend.ALLOWED);
      assertThat(leg.outcome()).startsWith("LOST");
      assertThat(leg.body()).isEqualTo("hello");
    }
  }

  @Test
  void answerShorterThanItsLength_isLost() throws IOException {
    try (PlainEngine engine =
        new PlainEngine(
            peer -> {
              peer.readRequest();
              peer.write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhello");
            })) {
      assertThat(send(engine.url(), "{}", Resend.ALLOWED).outcome()).startsWith("LOST");
    }
  }

  @Test
  void garbage_isNonsense() throws IOException {
    try (PlainEngine engine = new PlainEngine(always("SSH-2.0-OpenSSH_9.6\r\n\r\n"))) {
      assertThat(send(engine.url(), "{}", Resend.ALLOWED).outcome()).startsWith("NONSENSE");
    }
  }

  @Test
  void answerUntilTheConnectionEnds_isWhole() throws IOException {
    try (PlainEngine engine =
        new PlainEngine(
            peer -> {
              peer.readRequest();
              peer.write("HTTP/1.0 200 OK\r\n\r\nall of it");
            })) {
      RecordedLeg leg = send(engine.url(), "{}", Resend.ALLOWED);
      assertThat(leg.outcome()).isEqualTo("end");
      assertThat(leg.body()).isEqualTo("all of it");
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
  void interimAnswers_areSkipped() throws IOException {
    String answer = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n";
    try (PlainEngine engine = new PlainEngine(always(answer + json("{}")))) {
      RecordedLeg leg = send(engine.url(), "{}", Resend.ALLOWED);
      assertThat(leg.outcome()).isEqualTo("end");
      assertThat(leg.status).isEqualTo(200);
      assertThat(leg.body()).isEqualTo("{}");
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
  void cancel_closesTheConnection_andNothingFollows() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    try (PlainEngine engine =
        new PlainEngine(
            peer -> {
              peer.readRequest();
              peer.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n");
              peer.awaitEnd(ended);
            })) {
      RecordedLeg leg = send(engine.url(), "{}", Resend.ALLOWED);
      await().until(() -> leg.bytes.get() == 5);
      onLoop(
          () -> {
            leg.call().cancel();
            leg.call().cancel();
            leg.call().read(false);
          });
      assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
      onLoop(() -> {});
      assertThat(leg.isOver()).isFalse();
    }
  }

  @Test
  void unwantedAnswer_staysInTheSocket() throws IOException {
    AtomicReference<PlainEngine.@Nullable Peer> peer = new AtomicReference<>();
    long all = 32L << 20;
    try (PlainEngine engine =
        new PlainEngine(
            it -> {
              peer.set(it);
              it.readRequest();
              it.write("HTTP/1.1 200 OK\r\ncontent-length: " + all + "\r\n\r\n");
              for (int i = 0; i < 512; i++) {
                it.write("x".repeat(64 * 1024));
              }
            })) {
      RecordedLeg[] held = new RecordedLeg[1];
      held[0] = new RecordedLeg(() -> held[0].call().read(false));
      RecordedLeg leg =
          send(request(engine.url(), "{}", Resend.ALLOWED, LegRequest.ANY_TIME), held[0]);
      await().until(() -> leg.bytes.get() > 0 && writtenBy(peer) > 512 * 1024);
      onLoop(() -> {});
      assertThat(leg.bytes.get()).isLessThanOrEqualTo(64 * 1024);
      onLoop(() -> leg.call().read(true));
      assertThat(leg.outcome()).isEqualTo("end");
      assertThat(leg.bytes).hasValue(all);
      assertThat(leg.reads.get()).isGreaterThan(1);
    }
  }

  private static long writtenBy(AtomicReference<PlainEngine.@Nullable Peer> peer) {
    PlainEngine.Peer known = peer.get();
    return known == null ? 0 : known.written.get();
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
      clients.endAll(engine.url(), LegFailure.LOST, "has restarted");
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

  @Test
  void headerWithALineEnd_isRefused() {
    HttpHeaders headers =
        DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
    headers.set("traceparent", "00\r\nx-evil: 1");
    assertThatThrownBy(
            () ->
                new LegRequest(
                    URI.create("http://a"),
                    "/",
                    headers,
                    Unpooled.EMPTY_BUFFER,
                    Resend.ALLOWED,
                    LegRequest.ANY_TIME))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
