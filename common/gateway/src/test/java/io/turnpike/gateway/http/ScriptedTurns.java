package io.turnpike.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Turns that a test answers; it hears of each when it has begun. */
final class ScriptedTurns implements TurnHandler {

  /** Done on the loop when a request has begun. */
  volatile Consumer<Seen> onBegin = seen -> {};

  private final BlockingQueue<Seen> begun = new LinkedBlockingQueue<>();

  /** Answers every turn with its own body. */
  static ScriptedTurns echo() {
    ScriptedTurns turns = new ScriptedTurns();
    turns.onBegin = seen -> seen.echoes = true;
    return turns;
  }

  @Override
  public TurnListener begin(TurnExchange exchange) {
    Seen seen = new Seen(exchange);
    begun.add(seen);
    onBegin.accept(seen);
    return seen;
  }

  /** The next one that began. */
  Seen next() throws InterruptedException {
    Seen seen = begun.poll(10, TimeUnit.SECONDS);
    if (seen == null) {
      throw new AssertionError("no turn began");
    }
    return seen;
  }

  boolean noneBegan() {
    return begun.isEmpty();
  }

  /** One exchange, and what was heard of it: {@code body:…}, {@code fault:…}, {@code gone:…}. */
  static final class Seen implements TurnListener {
    final TurnExchange exchange;
    final Queue<String> events = new ConcurrentLinkedQueue<>();
    volatile boolean echoes;

    Seen(TurnExchange exchange) {
      this.exchange = exchange;
    }

    /** Does something with the exchange on its loop, and waits until it is done. */
    void on(Consumer<TurnExchange> action) {
      exchange.loop().submit(() -> action.accept(exchange)).syncUninterruptibly();
    }

    void answer(int status, String body) {
      exchange.answer(status, new DefaultHttpHeaders(), text(body));
    }

    static ByteBuf text(String text) {
      return Unpooled.copiedBuffer(text, UTF_8);
    }

    @Override
    public void body(GatheredBody body) {
      String text = new String(body.bytes(), 0, body.length(), UTF_8);
      body.release();
      events.add("body:" + text);
      if (echoes) {
        answer(200, text);
      }
    }

    @Override
    public void fault(BodyFault fault) {
      events.add("fault:" + fault);
      answer(
          switch (fault) {
            case TOO_LARGE -> 413;
            case TOO_SLOW -> 408;
            case NO_ROOM, TOO_MANY -> 429;
            case MALFORMED -> 400;
          },
          "no");
    }

    @Override
    public void writabilityChanged() {
      events.add("writable:" + exchange.isWritable());
    }

    @Override
    public void gone(ClientEnd how) {
      events.add("gone:" + how);
    }
  }
}
