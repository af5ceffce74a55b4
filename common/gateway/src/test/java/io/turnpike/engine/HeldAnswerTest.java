package io.turnpike.engine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;

class HeldAnswerTest {

  private static final String ROLE =
      "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\","
          + "\"content\":\"\"},\"finish_reason\":null}]}\n\n";
  private static final String STREAM =
      ROLE
          + chunk("Hello")
          + chunk(" wörld")
          + "data:"
          + " {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
          + "data:"
          + " {\"id\":\"c\",\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2}}\n\n"
          + "data: [DONE]\n\n";
  private static final String ERROR = "data: {\"error\":{\"message\":\"KV load failed\"}}\n\n";
  private static final String SSE = "text/event-stream; charset=utf-8";
  private static final long MAX_HELD = 1 << 20;

  private static String chunk(String text) {
    return "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\""
        + text
        + "\"},\"finish_reason\":null}]}\n\n";
  }

  @Property(tries = 500)
  void stream_comesOutAsItWentIn_howeverItIsCutAndAskedFor(
      @ForAll("cuts") List<Integer> cuts, @ForAll("requests") List<Integer> requests) {
    PartsPublisher body = new PartsPublisher(split(STREAM, cuts), null);
    Client client = new Client();
    Held held = hold(body, SSE, MAX_HELD);
    held.good().subscribe(client);
    for (int i = 0; !client.ended && i < 10_000; i++) {
      int n = requests.get(i % requests.size());
      client.request(n);
      assertThat(body.mostOutstanding()).isLessThanOrEqualTo(10);
    }
    assertThat(client.ended).isTrue();
    assertThat(client.failure).isNull();
    assertThat(client.text()).isEqualTo(STREAM);
    assertThat(body.held()).isZero();
    assertThat(held.good().usage().completionTokens()).isEqualTo(2);
    assertThat(held.good().failureAfterContent()).isNull();
  }

  @Property(tries = 300)
  void nothingLeaks_whereverTheClientLeaves(
      @ForAll("cuts") List<Integer> cuts, @ForAll @IntRange(min = 0, max = 30) int after) {
    PartsPublisher body = new PartsPublisher(split(STREAM, cuts), null);
    Client client = new Client();
    Held held = hold(body, SSE, MAX_HELD);
    held.good().subscribe(client);
    for (int i = 0; i < after && !client.ended; i++) {
      client.request(1);
    }
    client.cancel();
    body.emitLate();
    assertThat(body.held()).isZero();
    assertThat(client.ended || body.isCancelled() || body.isWhole()).isTrue();
    // Bytes, as the last part may end within a character.
    assertThat(new String(STREAM.getBytes(UTF_8), ISO_8859_1))
        .startsWith(client.got.toString(ISO_8859_1));
    body.releaseRest();
  }

  @Property(tries = 200)
  void stream_isHeld_untilItsFirstContent(@ForAll("cuts") List<Integer> cuts) {
    List<byte[]> parts = split(STREAM, cuts);
    PartsPublisher body = new PartsPublisher(parts, null);
    Held held = hold(body, SSE, MAX_HELD);
    assertThat(held.good().isGood()).isTrue();
    int given = parts.subList(0, body.emitted()).stream().mapToInt(part -> part.length).sum();
    // Judged with the part that ends the first content's line, not before and not after.
    int contentEnd = (ROLE + chunk("Hello")).getBytes(UTF_8).length - 1;
    assertThat(given).isGreaterThanOrEqualTo(contentEnd);
    assertThat(given - parts.get(body.emitted() - 1).length).isLessThan(contentEnd);
    held.good().cancel();
    assertThat(body.held()).isZero();
    body.releaseRest();
  }

  @Property(tries = 200)
  void jsonAnswer_isHeldWhole_howeverItIsCut(@ForAll("cuts") List<Integer> cuts) {
    String json =
        "{\"choices\":[{\"text\":\"x\"}],\"usage\":{\"prompt_tokens\":3,"
            + "\"completion_tokens\":1}, \"pad\":\""
            + "y".repeat(200)
            + "\"}";
    PartsPublisher body = new PartsPublisher(split(json, cuts), null);
    HeldAnswer held = hold(body, "application/json", MAX_HELD).good();
    assertThat(held.isWhole()).isTrue();
    assertThat(held.isGood()).isTrue();
    assertThat(held.usage().promptTokens()).isEqualTo(3);
    ByteBuf whole = held.takeWhole();
    assertThat(whole.toString(UTF_8)).isEqualTo(json);
    assertThat(held.heldBytes()).isEqualTo(whole.readableBytes());
    whole.release();
    assertThat(body.held()).isZero();
  }

  @Test
  void errorEventAfterTheRole_isNotGood_andLeavesNothing() {
    PartsPublisher body = parts(null, ROLE, ERROR, "data: [DONE]\n\n");
    HeldAnswer held = hold(body, SSE, MAX_HELD).good();
    assertThat(held.isGood()).isFalse();
    held.cancel();
    assertThat(body.held()).isZero();
    body.releaseRest();
  }

  @Test
  void errorEventAfterContent_isPassedOn_andTold() {
    PartsPublisher body = parts(null, ROLE, chunk("a"), ERROR, "data: [DONE]\n\n");
    HeldAnswer held = hold(body, SSE, MAX_HELD).good();
    Client client = new Client();
    held.subscribe(client);
    client.request(Long.MAX_VALUE);
    assertThat(client.text()).isEqualTo(ROLE + chunk("a") + ERROR + "data: [DONE]\n\n");
    assertThat(held.failureAfterContent()).contains("KV load failed");
  }

  @Test
  void streamThatBreaks_endsWithAnErrorEvent() {
    PartsPublisher body = parts(new IOException("reset"), ROLE, chunk("a"));
    Client client = new Client();
    HeldAnswer held = hold(body, SSE, MAX_HELD).good();
    held.subscribe(client);
    client.request(Long.MAX_VALUE);
    assertThat(client.ended).isTrue();
    assertThat(client.failure).isNull();
    assertThat(client.text())
        .startsWith(ROLE + chunk("a") + "data: {\"error\":{\"message\":\"decode leg: ")
        .endsWith("}}\n\n");
    assertThat(held.failureAfterContent()).isNotNull();
    assertThat(body.held()).isZero();
  }

  @Test
  void errorEvent_standsOnALineOfItsOwn_whenTheEngineDiesInTheMiddleOfOne() {
    PartsPublisher body = parts(new IOException("reset"), ROLE, chunk("a"), "data: {\"id\":\"c\",");
    Client client = new Client();
    hold(body, SSE, MAX_HELD).good().subscribe(client);
    client.request(Long.MAX_VALUE);
    assertThat(client.text()).contains("data: {\"id\":\"c\",\n\ndata: {\"error\":");
  }

  @Test
  void answerThatBreaksWhileHeld_failsTheHold_andLeavesNothing() {
    for (String type : new String[] {SSE, "application/json"}) {
      PartsPublisher body = parts(new IOException("reset"), "{\"a\":", "1");
      Held held = hold(body, type, MAX_HELD);
      assertThat(held.failure.get()).isInstanceOf(LegException.class);
      assertThat(held.answer.get()).isNull();
      assertThat(body.held()).isZero();
    }
  }

  @Test
  void emptyAnswers_areNotGood() {
    assertThat(hold(parts(null), SSE, MAX_HELD).good().isGood()).isFalse();
    assertThat(hold(parts(null), "application/json", MAX_HELD).good().isGood()).isFalse();
    HeldAnswer roleOnly = hold(parts(null, ROLE), SSE, MAX_HELD).good();
    assertThat(roleOnly.isGood()).isFalse();
    roleOnly.cancel();
  }

  @Test
  void largeJsonAnswer_isNotHeldWhole_butPassedOn() {
    PartsPublisher body = parts(null, "{\"a\":\"", "x".repeat(100), "y".repeat(100), "\"}");
    Client client = new Client();
    HeldAnswer held = hold(body, "application/json", 50).good();
    assertThat(held.isWhole()).isFalse();
    assertThat(body.emitted()).isEqualTo(2);
    held.subscribe(client);
    client.request(10);
    assertThat(client.text()).hasSize(208).endsWith("y\"}");
    assertThat(body.held()).isZero();
  }

  @Test
  void largeJsonAnswerThatBreaks_endsWithAnError() {
    PartsPublisher body = parts(new IOException("reset"), "{\"a\":\"", "x".repeat(100));
    Client client = new Client();
    hold(body, "application/json", 50).good().subscribe(client);
    client.request(10);
    assertThat(client.failure).isInstanceOf(LegException.class);
  }

  @Test
  void clientThatLeavesWhileHeld_closesTheEnginesSide_andALatePartIsReleased() {
    PartsPublisher body =
        new PartsPublisher(List.of(ROLE.getBytes(UTF_8), chunk("a").getBytes(UTF_8)), null);
    Stalled stalled = new Stalled(body);
    Held held = hold(stalled, SSE);
    assertThat(held.answer.get()).isNull();
    held.waiting.dispose();
    assertThat(body.isCancelled()).isTrue();
    body.emitLate();
    assertThat(body.held()).isZero();
  }

  // --- what they share ---

  /** Lets one part through, then nothing. */
  private record Stalled(PartsPublisher body) {}

  private static Held hold(Stalled stalled, String type) {
    Held held = new Held();
    held.wait(
        Bodies.answer(
            200,
            type,
            to ->
                stalled.body.subscribe(
                    new BaseSubscriber<ByteBuf>() {
                      private long asked;

                      @Override
                      protected void hookOnSubscribe(Subscription subscription) {
                        to.onSubscribe(
                            new Subscription() {
                              @Override
                              public void request(long n) {
                                if (asked++ == 0) {
                                  subscription.request(1);
                                }
                              }

                              @Override
                              public void cancel() {
                                subscription.cancel();
                              }
                            });
                      }

                      @Override
                      protected void hookOnNext(ByteBuf part) {
                        to.onNext(part);
                      }
                    })),
        MAX_HELD);
    return held;
  }

  private static final class Held {
    final AtomicReference<@Nullable HeldAnswer> answer = new AtomicReference<>();
    final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Disposable waiting = () -> {};

    void wait(EngineAnswer from, long maxHeld) {
      waiting = HeldAnswer.hold(from, maxHeld).subscribe(answer::set, failure::set);
    }

    HeldAnswer good() {
      HeldAnswer held = answer.get();
      if (held == null) {
        throw new AssertionError("not judged yet", failure.get());
      }
      return held;
    }
  }

  private static Held hold(PartsPublisher body, String type, long maxHeld) {
    Held held = new Held();
    held.wait(Bodies.answer(200, type, body), maxHeld);
    return held;
  }

  private static PartsPublisher parts(@Nullable Throwable breaks, String... parts) {
    return new PartsPublisher(
        Arrays.stream(parts).map(part -> part.getBytes(UTF_8)).toList(), breaks);
  }

  /** Takes what it asked for; requests only when told to. */
  private static final class Client extends BaseSubscriber<ByteBuf> {
    private final ByteArrayOutputStream got = new ByteArrayOutputStream();
    private boolean ended;
    private @Nullable Throwable failure;

    @Override
    protected void hookOnSubscribe(Subscription subscription) {}

    @Override
    protected void hookOnNext(ByteBuf part) {
      byte[] bytes = new byte[part.readableBytes()];
      part.readBytes(bytes);
      got.writeBytes(bytes);
      part.release();
    }

    @Override
    protected void hookOnComplete() {
      ended = true;
    }

    @Override
    protected void hookOnError(Throwable thrown) {
      ended = true;
      failure = thrown;
    }

    String text() {
      return got.toString(UTF_8);
    }
  }

  @Provide
  Arbitrary<List<Integer>> cuts() {
    return Arbitraries.integers().between(1, STREAM.length()).list().ofMaxSize(25);
  }

  @Provide
  Arbitrary<List<Integer>> requests() {
    return Arbitraries.integers().between(1, 9).list().ofMinSize(1).ofMaxSize(5);
  }

  /** The text in parts, cut at these places. */
  private static List<byte[]> split(String text, List<Integer> cuts) {
    byte[] all = text.getBytes(UTF_8);
    List<byte[]> parts = new ArrayList<>();
    int from = 0;
    for (int cut : cuts.stream().filter(c -> c < all.length).sorted().distinct().toList()) {
      parts.add(Arrays.copyOfRange(all, from, cut));
      from = cut;
    }
    parts.add(Arrays.copyOfRange(all, from, all.length));
    return parts;
  }
}
