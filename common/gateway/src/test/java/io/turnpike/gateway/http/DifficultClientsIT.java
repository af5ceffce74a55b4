package io.turnpike.gateway.http;

import static io.turnpike.gateway.http.RawClient.CHAT;
import static io.turnpike.gateway.http.RawClient.get;
import static io.turnpike.gateway.http.RawClient.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.turnpike.gateway.http.ScriptedTurns.Seen;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Clients that send too much, too slowly or nonsense, that leave, or that do not read. */
class DifficultClientsIT extends RunningTurnServer {

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
  void headersThatAreTooLarge_areRefusedWithAWord_afterTheAnswersBefore() throws Exception {
    int port = start(ScriptedTurns.echo());
    String large = "GET /a HTTP/1.1\r\nhost: a\r\nx: " + "y".repeat(100_000) + "\r\n\r\n";
    try (RawClient client = new RawClient(port)) {
      client.send(post("one") + large);
      assertThat(client.answer()).isEqualTo("HTTP/1.1 200 OK one");
      assertThat(client.readAll())
          .startsWith("HTTP/1.1 431 Request Header Fields Too Large")
          .contains("connection: close", "headers_too_large", "max-http-request-header-size");
    }
    try (RawClient client = new RawClient(port)) {
      client.send("POST /" + "y".repeat(100_000) + " HTTP/1.1\r\nhost: a\r\n\r\n");
      assertThat(client.readAll()).startsWith("HTTP/1.1 431 ").contains("headers_too_large");
    }
  }

  @Test
  void whatIsNoHttp_isRefusedWithAWord() throws Exception {
    try (RawClient client = new RawClient(start(ScriptedTurns.echo()))) {
      client.send("POST " + CHAT + " HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n");
      assertThat(client.readAll())
          .startsWith("HTTP/1.1 400 ")
          .contains("connection: close", "invalid_request");
    }
  }

  @Test
  void refusedUploadWithoutEnd_isCutOff() throws Exception {
    ClientLimits limits =
        new ClientLimits(MAX_BODY, 64 * 1024, 64L << 20, LONG, 1024, SHORT, LONG, LONG);
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
  void crawlingUpload_isRefused_thoughItNeverPauses() throws Exception {
    Duration idle = Duration.ofMillis(400);
    ScriptedTurns turns = new ScriptedTurns();
    try (RawClient client = new RawClient(start(turns, limits(idle, LONG, LONG)))) {
      client.send("POST " + CHAT + " HTTP/1.1\r\nhost: a\r\ncontent-length: 100000\r\n\r\n");
      Seen turn = turns.next();
      await()
          .pollInterval(Duration.ofMillis(20))
          .until(
              () -> {
                if (turn.events.isEmpty()) {
                  client.send("{");
                }
                return !turn.events.isEmpty();
              });
      assertThat(turn.events).containsExactly("fault:TOO_SLOW");
    }
  }

  @Test
  void bodiesOfAllClients_shareABound() throws Exception {
    memory = new BodyMemory(64 * 1024, 100);
    ScriptedTurns turns = ScriptedTurns.echo();
    int port = start(turns);
    String body = "x".repeat(40_000);
    String head = "POST " + CHAT + " HTTP/1.1\r\nhost: a\r\ncontent-length: 40000\r\n\r\n";
    try (RawClient first = new RawClient(port)) {
      first.send(head + body.substring(1));
      await().untilAsserted(() -> assertThat(memory.bytes()).isGreaterThan(39_000));
      try (RawClient second = new RawClient(port)) {
        assertThat(second.send(head).answer()).as("before it is read").contains(" 429 ");
      }
      assertThat(first.send("x").answer()).endsWith(body);
      await().untilAsserted(() -> assertThat(memory.bytes()).isZero());
      assertThat(first.send(head + body).answer()).endsWith(body);
    }
    await().untilAsserted(() -> assertThat(memory.bytes() + memory.uploads()).isZero());
  }

  @Test
  void chunkedBodyThatGrowsBeyondTheBound_isRefused_andGivesAllBack() throws Exception {
    memory = new BodyMemory(64 * 1024, 100);
    try (RawClient client = new RawClient(start(ScriptedTurns.echo()))) {
      client.send("POST " + CHAT + " HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n");
      String chunk = "4000\r\n" + "x".repeat(0x4000) + "\r\n";
      client.send(chunk.repeat(6) + "0\r\n\r\n");
      assertThat(client.answer()).contains(" 429 ");
      assertThat(memory.bytes()).isZero();
    }
  }

  @Test
  void uploadsUnderWay_haveABoundOfTheirOwn() throws Exception {
    memory = new BodyMemory(64 << 20, 1);
    int port = start(ScriptedTurns.echo());
    String head = "POST " + CHAT + " HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\n";
    try (RawClient slow = new RawClient(port);
        RawClient other = new RawClient(port)) {
      slow.send(head + "o");
      await().untilAsserted(() -> assertThat(memory.uploads()).isOne());
      assertThat(other.send(head + "two").answer()).contains(" 429 ");
      assertThat(slow.send("ne").answer()).endsWith(" one");
      assertThat(other.send(head + "two").answer()).endsWith(" two");
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
}
