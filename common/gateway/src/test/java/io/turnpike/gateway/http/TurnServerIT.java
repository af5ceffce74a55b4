package io.turnpike.gateway.http;

import static io.turnpike.gateway.http.RawClient.CHAT;
import static io.turnpike.gateway.http.RawClient.get;
import static io.turnpike.gateway.http.RawClient.post;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.turnpike.gateway.http.ScriptedTurns.Seen;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;

/** Real sockets against Reactor Netty's server with turns in front. */
class TurnServerIT {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofMillis(80);
  private static final int MAX_BODY = 1024 * 1024;

  private final LoopResources loops = LoopResources.create("test", 1, true);
  private final Sinks.Empty<Void> held = Sinks.empty();
  private @Nullable DisposableServer server;

  @AfterEach
  void stop() {
    if (server != null) {
      server.disposeNow(Duration.ofSeconds(2));
    }
    loops.disposeLater(Duration.ZERO, Duration.ofSeconds(2)).block();
  }

  /** All but turns: {@code /hold} is answered when the test says so. */
  private Mono<Void> web(HttpServerRequest request, HttpServerResponse response) {
    Mono<String> text = Mono.just("web " + request.uri());
    return response
        .header("content-length", String.valueOf(4 + request.uri().length()))
        .sendString(request.uri().equals("/hold") ? held.asMono().then(text) : text)
        .then();
  }

  private int start(ScriptedTurns turns) {
    return start(turns, limits(LONG, LONG, LONG));
  }

  private int start(ScriptedTurns turns, ClientLimits limits) {
    DisposableServer bound =
        new TurnServer(turns, limits, System::nanoTime)
            .apply(HttpServer.create().runOn(loops).host("127.0.0.1").port(0))
            .channelGroup(new DefaultChannelGroup(GlobalEventExecutor.INSTANCE)) // as Boot does
            .handle(this::web)
            .bindNow();
    server = bound;
    return bound.port();
  }

  private static ClientLimits limits(Duration uploadIdle, Duration stalled, Duration keepAlive) {
    return new ClientLimits(
        MAX_BODY, 64 * 1024, 64L << 20, uploadIdle, Duration.ofSeconds(5), stalled, keepAlive);
  }

  // --- one after the other ---

  @Test
  void turnsAndOtherRequests_shareAConnection() throws Exception {
    int port = start(ScriptedTurns.echo());
    try (RawClient client = new RawClient(port)) {
      assertThat(client.send(get("/a")).answer()).isEqualTo("HTTP/1.1 200 OK web /a");
      assertThat(client.send(post("one")).answer()).isEqualTo("HTTP/1.1 200 OK one");
      assertThat(client.send(post("two")).answer()).isEqualTo("HTTP/1.1 200 OK two");
      assertThat(client.send(get("/b")).answer()).isEqualTo("HTTP/1.1 200 OK web /b");
      assertThat(client.send(post("")).answer()).isEqualTo("HTTP/1.1 200 OK ");
    }
  }

  @Test
  void partsOfOneFlush_areOneChunk() throws Exception {
    ScriptedTurns turns = new ScriptedTurns();
    try (RawClient client = new RawClient(start(turns))) {
      client.send(post("x"));
      Seen turn = turns.next();
      turn.on(
          exchange -> {
            exchange.begin(200, new DefaultHttpHeaders());
            exchange.write(Seen.text("data: a\n\n"));
            exchange.write(Seen.text("data: b\n\n"));
            exchange.flush();
          });
      assertThat(client.readTo("\r\n\r\n")).contains("transfer-encoding: chunked");
      assertThat(client.readTo("b\n\n\r\n")).isEqualTo("12\r\ndata: a\n\ndata: b\n\n\r\n");
      String large = "y".repeat(40_000);
      turn.on(
          exchange -> {
            exchange.write(Seen.text(large));
            exchange.end();
          });
      assertThat(client.readTo("0\r\n\r\n")).isEqualTo("9c40\r\n" + large + "\r\n0\r\n\r\n");
      client.send(post("again"));
      turns.next().on(exchange -> exchange.answer(200, new DefaultHttpHeaders(), Seen.text("y")));
      assertThat(client.answer()).isEqualTo("HTTP/1.1 200 OK y");
    }
  }

  @Test
  void chunkedBody_isGathered() throws Exception {
    try (RawClient client = new RawClient(start(ScriptedTurns.echo()))) {
      client.send("POST " + CHAT + " HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n");
      client.send("3\r\none\r\n").send("3\r\ntwo\r\n0\r\n\r\n");
      assertThat(client.answer()).isEqualTo("HTTP/1.1 200 OK onetwo");
    }
  }

  @Test
  void otherMethods_reachTheHandler_andKeepTheConnection() throws Exception {
    ScriptedTurns turns = new ScriptedTurns();
    turns.onBegin = seen -> seen.answer(405, seen.exchange.method().name());
    try (RawClient client = new RawClient(start(turns))) {
      assertThat(client.send(get("//v1/chat//completions?a=b")).answer())
          .isEqualTo("HTTP/1.1 405 Method Not Allowed GET");
      client.send("HEAD " + CHAT + " HTTP/1.1\r\nhost: a\r\n\r\n" + get("/b"));
      assertThat(client.readTo("\r\n\r\n")).startsWith("HTTP/1.1 405 ");
      assertThat(client.answer()).isEqualTo("HTTP/1.1 200 OK web /b");
    }
  }

  // --- order ---

  @Test
  void pipelinedRequests_areAnsweredInOrder() throws Exception {
    ScriptedTurns turns = new ScriptedTurns();
    try (RawClient client = new RawClient(start(turns))) {
      client.send(post("one") + get("/a") + post("two") + post("three") + get("/b"));
      Seen one = turns.next();
      one.on(exchange -> assertThat(turns.noneBegan()).isTrue());
      one.on(exchange -> one.answer(200, "1"));
      Seen two = turns.next();
      two.on(exchange -> two.answer(200, "2"));
      Seen three = turns.next();
      three.on(exchange -> three.answer(200, "3"));
      for (String expected : new String[] {"1", "web /a", "2", "3", "web /b"}) {
        assertThat(client.answer()).isEqualTo("HTTP/1.1 200 OK " + expected);
      }
    }
  }

  @Test
  void turnBehindAnotherAnswer_waits() throws Exception {
    ScriptedTurns turns = ScriptedTurns.echo();
    try (RawClient client = new RawClient(start(turns));
        RawClient other = new RawClient(port())) {
      client.send(get("/hold") + post("one") + get("/a"));
      other.send(post("passes")).answer();
      turns.next();
      assertThat(turns.noneBegan()).isTrue();
      held.tryEmitEmpty();
      for (String expected : new String[] {"web /hold", "one", "web /a"}) {
        assertThat(client.answer()).isEqualTo("HTTP/1.1 200 OK " + expected);
      }
    }
  }

  private int port() {
    DisposableServer bound = server;
    return bound == null ? 0 : bound.port();
  }

  @Test
  void bytesBehindARunningTurn_areBounded() throws Exception {
    ScriptedTurns turns = new ScriptedTurns();
    int port = start(turns);
    try (SocketChannel client =
        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
      client.configureBlocking(false);
      ByteBuffer first = ByteBuffer.wrap(post("one").getBytes(US_ASCII));
      client.write(first);
      Seen one = turns.next();
      ByteBuffer many = ByteBuffer.wrap(post("y".repeat(1000)).repeat(64_000).getBytes(US_ASCII));
      await()
          .during(Duration.ofMillis(300))
          .atMost(Duration.ofSeconds(20))
          .until(() -> client.write(many) == 0);
      assertThat(many.remaining()).isGreaterThan(0);
      assertThat(turns.noneBegan()).isTrue();
      turns.onBegin = seen -> seen.echoes = true;
      one.on(exchange -> one.answer(200, "1"));
      int left = many.remaining();
      ByteBuffer answers = ByteBuffer.allocate(1 << 20);
      await()
          .until(
              () -> {
                client.read(answers.clear());
                client.write(many);
                return many.remaining() < left;
              });
    }
  }

  // --- refusals ---

  @Test
  void largeUpload_isRefusedAtOnce_andReadToItsEnd() throws Exception {
    ScriptedTurns turns = new ScriptedTurns();
    try (RawClient client = new RawClient(start(turns))) {
      client.send(post("x".repeat(16 * MAX_BODY)));
      assertThat(client.answer()).isEqualTo("HTTP/1.1 413 Request Entity Too Large no");
      assertThat(client.readAll()).isEmpty();
      assertThat(turns.next().events).containsExactly("fault:TOO_LARGE");
    }
  }

  @Test
  void uploadThatGrowsTooLarge_isRefused() throws Exception {
    ScriptedTurns turns = new ScriptedTurns();
    try (RawClient client = new RawClient(start(turns))) {
      client.send("POST " + CHAT + " HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n");
      client.send("200000\r\n" + "x".repeat(0x200000) + "\r\n0\r\n\r\n");
      assertThat(client.readAll()).startsWith("HTTP/1.1 413 ").contains("connection: close");
      assertThat(turns.next().events).containsExactly("fault:TOO_LARGE");
    }
  }

  @Test
  void refusedUploadWithoutEnd_isCutOff() throws Exception {
    ClientLimits limits = new ClientLimits(MAX_BODY, 64 * 1024, 64L << 20, LONG, SHORT, LONG, LONG);
    try (RawClient client = new RawClient(start(new ScriptedTurns(), limits))) {
      client.send("POST " + CHAT + " HTTP/1.1\r\nhost: a\r\ncontent-length: 99999999999\r\n\r\n{");
      assertThat(client.readAll()).startsWith("HTTP/1.1 413 ");
    }
  }

  @Test
  void smallRequestRefusedBeforeItsBody_keepsTheConnection() throws Exception {
    ScriptedTurns turns = new ScriptedTurns();
    turns.onBegin = seen -> seen.answer(401, "key");
    try (RawClient client = new RawClient(start(turns))) {
      client.send("POST " + CHAT + " HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\n");
      assertThat(client.answer()).isEqualTo("HTTP/1.1 401 Unauthorized key");
      assertThat(client.send("one" + get("/a")).answer()).isEqualTo("HTTP/1.1 200 OK web /a");
      assertThat(turns.next().events).isEmpty();
    }
  }

  @Test
  void expectedContinue_isSaid_onlyIfTheBodyIsWanted() throws Exception {
    ScriptedTurns turns = ScriptedTurns.echo();
    int port = start(turns);
    String head = "POST " + CHAT + " HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\n";
    try (RawClient client = new RawClient(port)) {
      client.send(head + "content-length: 3\r\n\r\n");
      assertThat(client.readTo("\r\n\r\n")).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
      assertThat(client.send("one").answer()).isEqualTo("HTTP/1.1 200 OK one");
      assertThat(client.send(get("/a")).answer()).isEqualTo("HTTP/1.1 200 OK web /a");
    }
    try (RawClient client = new RawClient(port)) {
      client.send(head + "content-length: 9999999\r\n\r\n");
      assertThat(client.answer()).startsWith("HTTP/1.1 413 ");
    }
  }

  @Test
  void slowUpload_isRefused_andClosed() throws Exception {
    ScriptedTurns turns = new ScriptedTurns();
    try (RawClient client = new RawClient(start(turns, limits(SHORT, LONG, LONG)))) {
      client.send("POST " + CHAT + " HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\n{");
      assertThat(client.readAll()).startsWith("HTTP/1.1 408 ").contains("connection: close");
      assertThat(turns.next().events).containsExactly("fault:TOO_SLOW");
    }
  }

  @Test
  void malformedChunk_isRefused_andClosed() throws Exception {
    ScriptedTurns turns = new ScriptedTurns();
    try (RawClient client = new RawClient(start(turns))) {
      client.send("POST " + CHAT + " HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n");
      client.send("what?\r\n");
      assertThat(client.readAll()).startsWith("HTTP/1.1 400 ");
      assertThat(turns.next().events).containsExactly("fault:MALFORMED");
    }
  }

  // --- clients that go, or do not read ---

  @Test
  void clientThatLeavesInItsUpload_isGone() throws Exception {
    ScriptedTurns turns = new ScriptedTurns();
    RawClient client = new RawClient(start(turns));
    client.send("POST " + CHAT + " HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\n{");
    Seen turn = turns.next();
    client.close();
    await().untilAsserted(() -> assertThat(turn.events).containsExactly("gone:LEFT"));
  }

  @Test
  void clientThatLeavesWhileItWaits_isGone() throws Exception {
    ScriptedTurns turns = new ScriptedTurns();
    RawClient client = new RawClient(start(turns));
    client.send(post("one"));
    Seen turn = turns.next();
    await().until(() -> turn.events.size() == 1);
    client.close();
    await().untilAsserted(() -> assertThat(turn.events).containsExactly("body:one", "gone:LEFT"));
    turn.on(exchange -> turn.answer(200, "late"));
    assertThat(turn.exchange.isUnanswered()).isFalse();
  }

  @Test
  void clientThatLeavesInItsAnswer_isGoneOnce() throws Exception {
    ScriptedTurns turns = new ScriptedTurns();
    RawClient client = new RawClient(start(turns));
    client.send(post("one"));
    Seen turn = turns.next();
    turn.on(
        exchange -> {
          exchange.begin(200, new DefaultHttpHeaders());
          exchange.write(Seen.text("data: a\n\n"));
          exchange.flush();
        });
    client.readTo("a\n\n\r\n");
    client.close();
    await().untilAsserted(() -> assertThat(turn.events).containsExactly("body:one", "gone:LEFT"));
    turn.on(
        exchange -> {
          exchange.write(Seen.text("data: b\n\n"));
          exchange.flush();
          exchange.end();
        });
    assertThat(turn.events).hasSize(2);
  }

  @Test
  void clientThatTakesNothing_isCutOff() throws Exception {
    ScriptedTurns turns = new ScriptedTurns();
    int port = start(turns, limits(LONG, SHORT, LONG));
    try (RawClient client = new RawClient(port, 4096)) {
      client.send(post("one"));
      Seen turn = turns.next();
      turn.on(exchange -> fill(exchange));
      await().untilAsserted(() -> assertThat(turn.events).contains("gone:STALLED"));
    }
  }

  @Test
  void writability_isTold_bothWays() throws Exception {
    ScriptedTurns turns = new ScriptedTurns();
    try (RawClient client = new RawClient(start(turns), 4096)) {
      client.send(post("one"));
      Seen turn = turns.next();
      turn.on(exchange -> fill(exchange));
      assertThat(turn.events).contains("writable:false").doesNotContain("writable:true");
      turn.on(TurnExchange::end);
      client.readTo("0\r\n\r\n");
    }
  }

  /** Writes until the client's connection takes no more. */
  private static void fill(TurnExchange exchange) {
    exchange.begin(200, new DefaultHttpHeaders());
    while (exchange.isWritable()) {
      exchange.write(Unpooled.wrappedBuffer(new byte[32 * 1024]));
      exchange.flush();
    }
  }

  @Test
  void pausedAnswer_goesOn_whenTheClientReads() throws Exception {
    ScriptedTurns turns = new ScriptedTurns();
    try (RawClient client = new RawClient(start(turns), 4096)) {
      client.send(post("one"));
      Seen turn = turns.next();
      turn.on(exchange -> fill(exchange));
      Thread reader = Thread.ofVirtual().start(() -> readQuietly(client));
      await().untilAsserted(() -> assertThat(turn.events).contains("writable:true"));
      turn.on(TurnExchange::abort);
      reader.join();
    }
  }

  private static void readQuietly(RawClient client) {
    try {
      client.readAll();
    } catch (IOException cut) {
      // as it should
    }
  }

  @Test
  void idleConnection_isClosed() throws Exception {
    try (RawClient client = new RawClient(start(ScriptedTurns.echo(), limits(LONG, LONG, SHORT)))) {
      client.send(post("one")).answer();
      assertThat(client.readAll()).isEmpty();
    }
  }

  @Test
  void connectionWithARunningTurn_isNeverIdle() throws Exception {
    ScriptedTurns turns = new ScriptedTurns();
    int port = start(turns, limits(LONG, LONG, SHORT));
    try (RawClient client = new RawClient(port);
        RawClient idle = new RawClient(port)) {
      client.send(post("one"));
      Seen turn = turns.next();
      assertThat(idle.readAll()).isEmpty();
      turn.on(exchange -> turn.answer(200, "still there"));
      assertThat(client.answer()).isEqualTo("HTTP/1.1 200 OK still there");
    }
  }

  @Test
  void abort_cutsTheAnswer() throws Exception {
    ScriptedTurns turns = new ScriptedTurns();
    try (RawClient client = new RawClient(start(turns))) {
      client.send(post("one"));
      Seen turn = turns.next();
      turn.on(
          exchange -> {
            exchange.begin(200, new DefaultHttpHeaders());
            exchange.write(Seen.text("data: a\n\n"));
            exchange.flush();
            exchange.abort();
          });
      assertThat(client.readAll()).endsWith("data: a\n\n\r\n");
      assertThat(turn.events).containsExactly("body:one");
    }
  }

  @Test
  void serverThatStops_letsARunningTurnEnd() throws Exception {
    ScriptedTurns turns = new ScriptedTurns();
    try (RawClient client = new RawClient(start(turns))) {
      client.send(post("one"));
      Seen turn = turns.next();
      await().until(() -> turn.events.size() == 1);
      if (server != null) {
        server.disposeNow(Duration.ofSeconds(2));
      }
      turn.on(exchange -> turn.answer(200, "to the end"));
      assertThat(client.readAll()).contains("connection: close").endsWith("to the end");
    }
  }

  @Test
  void faultOfTheHandler_endsTheConnection() throws Exception {
    ScriptedTurns turns = new ScriptedTurns();
    turns.onBegin =
        seen -> {
          throw new IllegalStateException("on purpose");
        };
    try (RawClient client = new RawClient(start(turns))) {
      assertThat(client.send(post("one")).readAll()).isEmpty();
    }
  }

  // --- older and closing clients ---

  @Test
  void closingClient_isClosedAfterItsAnswer() throws Exception {
    try (RawClient client = new RawClient(start(ScriptedTurns.echo()))) {
      client.send(post("one").replace("host: a", "host: a\r\nconnection: close") + post("two"));
      assertThat(client.readAll()).contains("connection: close").endsWith("\r\n\r\none");
    }
  }

  @Test
  void oldProtocol_isClosed_unlessAskedToStay() throws Exception {
    ScriptedTurns turns = ScriptedTurns.echo();
    int port = start(turns);
    String old = post("one").replace("HTTP/1.1", "HTTP/1.0");
    try (RawClient client = new RawClient(port)) {
      assertThat(client.send(old).readAll()).contains("connection: close").endsWith("one");
    }
    try (RawClient client = new RawClient(port)) {
      client.send(old.replace("host: a", "host: a\r\nconnection: keep-alive"));
      assertThat(client.readTo("\r\n\r\n")).contains("connection: keep-alive");
      client.readTo("one");
      assertThat(client.send(post("two")).answer()).isEqualTo("HTTP/1.1 200 OK two");
    }
  }

  @Test
  void oldProtocol_getsStreamsUnframed() throws Exception {
    ScriptedTurns turns = new ScriptedTurns();
    try (RawClient client = new RawClient(start(turns))) {
      client.send(post("one").replace("HTTP/1.1", "HTTP/1.0"));
      turns
          .next()
          .on(
              exchange -> {
                exchange.begin(200, new DefaultHttpHeaders());
                exchange.write(Seen.text("data: a\n\n"));
                exchange.flush();
                exchange.end();
              });
      assertThat(client.readAll())
          .doesNotContain("transfer-encoding")
          .endsWith("\r\n\r\ndata: a\n\n");
    }
  }
}
