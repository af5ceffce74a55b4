package io.turnpike.gateway.http;

import static io.turnpike.gateway.http.RawClient.CHAT;
import static io.turnpike.gateway.http.RawClient.get;
import static io.turnpike.gateway.http.RawClient.post;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.turnpike.gateway.http.ScriptedTurns.Seen;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Requests, answers and their order. */
class TurnServerIT extends RunningTurnServer {

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
  void turnBehindAClosingRequest_isNotServed() throws Exception {
    ScriptedTurns turns = ScriptedTurns.echo();
    try (RawClient client = new RawClient(start(turns))) {
      client.send(get("/a").replace("host: a", "host: a\r\nconnection: close") + post("one"));
      assertThat(client.readAll()).endsWith("web /a");
      assertThat(turns.noneBegan()).isTrue();
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
