package io.turnpike.bench.handoff;

import io.turnpike.bench.client.ControlCalls;
import io.turnpike.bench.client.Endpoint;
import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.client.Request;
import io.turnpike.bench.prompt.Bodies;
import io.turnpike.bench.prompt.Prompts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends fresh prompts one of two ways. Through a Turnpike in mode {@code ppd}, a new session's
 * first turn goes P→D, and any prompt under a session that D holds goes to D alone, because an
 * explicit session key counts more than what the prompt begins with. One thread; {@link #stop} from
 * any.
 */
public final class HandoffProbe {

  /** Sessions that D's hold; several, so that not one D alone is measured. */
  private static final int SESSIONS = 4;

  private static final int ANSWER_TOKENS = 2;
  private static final int OPENING_TOKENS = 16;
  private static final int RECEIPT_TRIES = 50;
  private static final long RECEIPT_PAUSE_NANOS = 10_000_000;

  private final Endpoint gateway;
  private final Endpoint direct;
  private final Bodies bodies;
  private final Prompts prompts;
  private final boolean turnpike;
  private final String name = "bench-handoff-" + System.nanoTime();
  private final List<String> sessions = new ArrayList<>();
  private int sent;
  private volatile boolean stopped;

  /**
   * A probe.
   *
   * @param direct where D is asked alone; the gateway itself if it is a Turnpike
   * @param turnpike whether sessions say which way a prompt goes
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

  /** Gives each session to a D. */
  void open() throws IOException {
    for (int i = 0; turnpike && i < SESSIONS && !stopped; i++) {
      String session = name + "-held-" + i;
      Measurement first = send(gateway, OPENING_TOKENS, session);
      Measurement second = send(direct, OPENING_TOKENS, session);
      boolean held = second.ok() && second.route().equals(Way.DIRECT.route());
      if (!held && !stopped) {
        throw new IOException(
            ("%s does not send a session's second turn to D alone (turn 1: %s, turn 2: %s):"
                    + " name a decode engine with --direct-url")
                .formatted(gateway.options().url(), what(first), what(second)));
      }
      sessions.add(session);
    }
  }

  private static String what(Measurement m) {
    if (m.failure() != null) {
      return m.failure().reason();
    }
    return m.route().isEmpty() ? "no route told" : m.route();
  }

  /** Sends a prompt of about so many tokens. */
  Trial send(Way way, int promptTokens, int repeat) throws InterruptedException {
    Measurement measured =
        way == Way.HANDOFF
            ? send(gateway, promptTokens, turnpike ? name + "-new-" + sent : "")
            : send(direct, promptTokens, turnpike ? sessions.get(sent % sessions.size()) : "");
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

  private Measurement send(Endpoint to, int promptTokens, String session) {
    int number = sent++;
    byte[] body =
        bodies
            .withSalt(name + "-" + number)
            .body(List.of(prompts.user(number, 1, promptTokens)), ANSWER_TOKENS);
    CompletableFuture<Measurement> answer = new CompletableFuture<>();
    to.send(
        new Request(
            number, number, 1, bodies.api().path(), body, true, ANSWER_TOKENS, false, session),
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
