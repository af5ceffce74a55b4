package io.turnpike.bench.handoff;

import io.turnpike.bench.client.ControlCalls;
import io.turnpike.bench.client.Endpoint;
import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.client.Request;
import io.turnpike.bench.prompt.Bodies;
import io.turnpike.bench.prompt.Bodies.Api;
import io.turnpike.bench.prompt.Prompts;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends fresh prompts one of two ways. Through a Turnpike in mode {@code ppd} both are the second
 * turn of a short conversation: of one that a D holds, which goes to D alone, or of one that nobody
 * has seen, which goes P→D. What the D holds is the opening alone, a block or two. (A session key
 * over other content is a new conversation there, and would go P→D.) One thread; {@link #stop} from
 * any.
 */
public final class HandoffProbe {

  /** Conversations that D's hold; several, so that not one D alone is measured. */
  private static final int HELD = 4;

  /** Numbers of conversations that nobody holds. */
  private static final int FIRST_FRESH = 1_000;

  private static final int ANSWER_TOKENS = 2;

  /** As little as a gateway recognises: a chat's message, or a text's first boundary. */
  private static final int OPENING_CHAT_TOKENS = 16;

  private static final int OPENING_TEXT_TOKENS = 128;
  private static final int RECEIPT_TRIES = 50;
  private static final long RECEIPT_PAUSE_NANOS = 10_000_000;

  private final Endpoint gateway;
  private final Endpoint direct;
  private final Bodies bodies;
  private final Prompts prompts;
  private final boolean turnpike;
  private final String name = "bench-handoff-" + System.nanoTime();
  private int held;
  private int sent;
  private volatile boolean stopped;

  /**
   * A probe.
   *
   * @param direct where D is asked alone; the gateway itself if it is a Turnpike
   * @param turnpike whether conversations say which way a prompt goes
   */
  public HandoffProbe(
      Endpoint gateway, Endpoint direct, Bodies bodies, Prompts prompts, boolean turnpike) {
    this.gateway = gateway;
    this.direct = direct;
    this.bodies = bodies;
    this.prompts = prompts;
    this.turnpike = turnpike;
  }

  String model() {
    return bodies.model();
  }

  /** Gives each opening to a D. */
  void open() throws IOException {
    for (int i = 0; turnpike && i < HELD && !stopped; i++) {
      Measurement first = send(gateway, salt(i), List.of(opening(i)));
      Measurement second = send(direct, salt(i), later(i, OPENING_CHAT_TOKENS));
      boolean isHeld = second.ok() && second.route().equals(Way.DIRECT.route());
      if (!isHeld && !stopped) {
        throw new IOException(
            ("%s does not send a conversation's second turn to D alone (turn 1: %s, turn 2: %s):"
                    + " name a decode engine with --direct-url")
                .formatted(gateway.options().url(), what(first), what(second)));
      }
      held++;
    }
  }

  private int openingTokens() {
    return bodies.api() == Api.CHAT ? OPENING_CHAT_TOKENS : OPENING_TEXT_TOKENS;
  }

  private String salt(int conversation) {
    return name + "-" + conversation;
  }

  private String opening(int conversation) {
    return prompts.user(conversation, 1, openingTokens());
  }

  /** The second turn of a conversation, with new words, so many tokens in all. */
  private List<String> later(int conversation, int promptTokens) {
    int fresh = Math.max(1, promptTokens - openingTokens() - ANSWER_TOKENS);
    return List.of(
        opening(conversation),
        prompts.assistant(conversation, 1, ANSWER_TOKENS),
        prompts.user(FIRST_FRESH + sent, 2, fresh));
  }

  private static String what(Measurement m) {
    if (m.failure() != null) {
      return m.failure().reason();
    }
    return m.route().isEmpty() ? "no route told" : m.route();
  }

  /** Sends a prompt of so many tokens. */
  Trial send(Way way, int promptTokens, int repeat) throws InterruptedException {
    Endpoint to = way == Way.HANDOFF ? gateway : direct;
    int conversation = way == Way.HANDOFF ? FIRST_FRESH + sent : held == 0 ? 0 : sent % held;
    Measurement measured =
        turnpike
            ? send(to, salt(conversation), later(conversation, promptTokens))
            : send(to, salt(sent), List.of(prompts.user(sent, 1, promptTokens)));
    return new Trial(way, promptTokens, repeat, measured, legs(measured));
  }

  /** Gives up on what is under way. */
  void stop() {
    stopped = true;
    gateway.interrupt();
    direct.interrupt();
  }

  boolean isStopped() {
    return stopped;
  }

  long cpuNanos() {
    return gateway.cpuNanos() + direct.cpuNanos();
  }

  private Measurement send(Endpoint to, String salt, List<String> said) {
    int number = sent++;
    byte[] body = bodies.withSalt(salt).body(said, ANSWER_TOKENS);
    CompletableFuture<Measurement> answer = new CompletableFuture<>();
    to.send(
        new Request(number, number, 1, bodies.api().path(), body, true, ANSWER_TOKENS, false, ""),
        System.nanoTime(),
        gap -> {},
        answer::complete);
    if (stopped) {
      to.interrupt();
    }
    return answer.join();
  }

  /** A receipt is filed after the last byte; it may take a moment. */
  private LegTimes legs(Measurement measured) throws InterruptedException {
    if (!measured.ok() || measured.receipt().isEmpty()) {
      return LegTimes.UNKNOWN;
    }
    for (int i = 0; i < RECEIPT_TRIES && !stopped; i++) {
      try {
        String path = "/receipts/" + measured.receipt();
        return LegTimes.of(
            JsonMapper.shared().readTree(ControlCalls.get(gateway.options().url(), path)));
      } catch (IOException e) {
        LockSupport.parkNanos(RECEIPT_PAUSE_NANOS);
      }
    }
    return LegTimes.UNKNOWN;
  }
}
