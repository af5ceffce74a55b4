package io.turnpike.engine.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerDecoderTest {

  private static final String HEAD = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

  /** What a decoder made of some reads: heads, bodies, ends and faults in order. */
  private static String decoded(ChannelHandler decoder, List<String> reads) {
    EmbeddedChannel channel = new EmbeddedChannel(decoder);
    StringBuilder seen = new StringBuilder();
    for (String read : reads) {
      channel.writeInbound(Unpooled.copiedBuffer(read, US_ASCII));
      appendAll(channel, seen);
    }
    channel.finish();
    appendAll(channel, seen);
    return seen.toString();
  }

  private static void appendAll(EmbeddedChannel channel, StringBuilder seen) {
    Object message;
    while ((message = channel.readInbound()) != null) {
      if (message instanceof HttpResponse head) {
        seen.append('[').append(head.status().code()).append(']');
      }
      if (message instanceof HttpContent content) {
        seen.append(content.content().toString(US_ASCII));
        seen.append(content.decoderResult().isFailure() ? "!" : "");
        content.release();
      }
      if (message instanceof LastHttpContent end) {
        seen.append(end.trailingHeaders().entries()).append('.');
      }
    }
  }

  private static AnswerDecoder ours() {
    return new AnswerDecoder(new HttpDecoderConfig());
  }

  private static String chunk(String payload) {
    return Integer.toHexString(payload.length()) + "\r\n" + payload + "\r\n";
  }

  @Test
  void chunksOfOneRead_comeOutAsOnePart() {
    EmbeddedChannel channel = new EmbeddedChannel(ours());
    String many = chunk("data: a\n\n") + chunk("data: b\n\n") + chunk("x".repeat(300)) + "5\r\nda";
    channel.writeInbound(Unpooled.copiedBuffer(HEAD + many, US_ASCII));
    assertThat(channel.<Object>readInbound()).isInstanceOf(HttpResponse.class);
    HttpContent all = channel.readInbound();
    assertThat(all.content().toString(US_ASCII))
        .isEqualTo("data: a\n\ndata: b\n\n" + "x".repeat(300) + "da");
    all.release();
    assertThat(channel.<Object>readInbound()).isNull();
    channel.finishAndReleaseAll();
  }

  @Test
  void partsThatWereGivenOut_areNotWrittenOver() {
    EmbeddedChannel channel = new EmbeddedChannel(ours());
    ByteBuf read = Unpooled.copiedBuffer(HEAD + chunk("first") + chunk("one"), US_ASCII);
    channel.writeInbound(read, Unpooled.copiedBuffer(chunk("second") + chunk("two"), US_ASCII));
    channel.<Object>readInbound();
    HttpContent first = channel.readInbound();
    HttpContent second = channel.readInbound();
    assertThat(first.content().toString(US_ASCII)).isEqualTo("firstone");
    assertThat(second.content().toString(US_ASCII)).isEqualTo("secondtwo");
    first.release();
    second.release();
    channel.finishAndReleaseAll();
  }

  @Property
  void whateverTheReads_theAnswerIsTheOneThatNettyReads(
      @ForAll("answers") List<String> answers, @ForAll("cuts") List<Integer> cuts) {
    String wire = String.join("", answers);
    List<String> reads = new ArrayList<>();
    int from = 0;
    for (int i = 0; from < wire.length(); i++) {
      int to = Math.min(wire.length(), from + cuts.get(i % cuts.size()));
      reads.add(wire.substring(from, to));
      from = to;
    }
    assertThat(decoded(ours(), reads))
        .isEqualTo(decoded(new HttpResponseDecoder(new HttpDecoderConfig()), reads));
  }

  @Provide
  Arbitrary<List<String>> answers() {
    Arbitrary<String> payload = Arbitraries.strings().ascii().ofMinLength(1).ofMaxLength(40);
    Arbitrary<String> plain = payload.map(AnswerDecoderTest::chunk);
    Arbitrary<String> odd =
        payload.map(text -> "0" + Integer.toHexString(text.length()) + ";a=b\r\n" + text + "\r\n");
    Arbitrary<String> chunks =
        Arbitraries.frequencyOf(Tuple.of(9, plain), Tuple.of(1, odd))
            .list()
            .ofMaxSize(12)
            .map(all -> String.join("", all));
    Arbitrary<String> ends = Arbitraries.of("0\r\n\r\n", "0\r\nA: b\r\n\r\n", "000\r\n\r\n");
    Arbitrary<String> chunked =
        Combinators.combine(chunks, ends).as((body, end) -> HEAD + body + end);
    Arbitrary<String> other =
        Arbitraries.of(
            "HTTP/1.1 100 Continue\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n3\r\na\r",
            "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n");
    return Arbitraries.frequencyOf(Tuple.of(3, chunked), Tuple.of(1, other))
        .list()
        .ofMinSize(1)
        .ofMaxSize(4);
  }

  @Provide
  Arbitrary<List<Integer>> cuts() {
    return Arbitraries.integers().between(1, 60).list().ofMinSize(1).ofMaxSize(20);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"3\r\nabcX\r\n", "3\r\nabc\rX", "xyz\r\n", "-1\r\n\r\n", "ffffffffff\r\n"})
  void whatIsNoChunk_isAFault(String wrong) {
    String seen = decoded(ours(), List.of(HEAD + chunk("good"), wrong));
    assertThat(seen).startsWith("[200]good").contains("!");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "5", "5\r", "5\r\n", "5\r\nab", "5\r\nabcde", "5\r\nabcde\r", "0\r\n"})
  void anAnswerThatBreaksOff_hasNoEnd(String last) {
    assertThat(decoded(ours(), List.of(HEAD + chunk("good") + last)))
        .startsWith("[200]good")
        .doesNotContain("!", ".");
  }
}
