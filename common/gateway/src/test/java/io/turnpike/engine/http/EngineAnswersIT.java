package io.turnpike.engine.http;

import static io.turnpike.engine.http.PlainEngine.always;
import static io.turnpike.engine.http.PlainEngine.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import io.turnpike.engine.http.LegRequest.Resend;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is sent, and what comes back. */
class EngineAnswersIT extends LegsOnOneLoop {

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
