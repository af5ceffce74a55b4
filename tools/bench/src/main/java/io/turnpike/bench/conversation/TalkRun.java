package io.turnpike.bench.conversation;

import io.turnpike.bench.client.Endpoint;
import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.client.Request;
import io.turnpike.bench.prompt.Bodies;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import tools.jackson.databind.json.JsonMapper;

/**
 * Talks to one server: turns of a conversation follow each other, conversations run beside each
 * other. A turn is due at its time, but not before the pause after the answer before it; its clocks
 * start when it is due. Where the real answer goes into the next prompt, a failed turn ends its
 * conversation, and the turns that could not be sent are counted.
 *
 * <p>May be used for several lots, one after the other. {@link #stop} may be called from any
 * thread.
 */
public final class TalkRun {

  private static final long NAP_NANOS = 50_000_000;

  /** Bodies are made shortly before they are due: neither late, nor all at once. */
  private static final long LEAD_NANOS = 20_000_000;

  private final Endpoint endpoint;
  private final Bodies bodies;
  private final BiConsumer<Talk, Measurement> sink;
  private final AtomicInteger indices = new AtomicInteger();
  private final AtomicInteger sent = new AtomicInteger();
  private final AtomicInteger unsent = new AtomicInteger();
  private volatile boolean stopped;

  /**
   * A run.
   *
   * @param sink gets each turn, on the endpoint's event loop
   */
  public TalkRun(Endpoint endpoint, Bodies bodies, BiConsumer<Talk, Measurement> sink) {
    this.endpoint = endpoint;
    this.bodies = bodies;
    this.sink = sink;
  }

  /**
   * Runs conversations until all have ended.
   *
   * @param concurrency conversations under way at most; 0 for no bound
   */
  public void run(List<Talk> talks, int concurrency) throws InterruptedException {
    int most = concurrency == 0 ? Math.max(1, talks.size()) : concurrency;
    Semaphore places = new Semaphore(most);
    long start = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Talk talk : talks) {
        while (!stopped && !places.tryAcquire(NAP_NANOS, TimeUnit.NANOSECONDS)) {
          // A stop is seen soon.
        }
        if (stopped) {
          unsent.addAndGet(talk.turns().size());
          continue;
        }
        threads.execute(
            () -> {
              try {
                talk(talk, start);
              } finally {
                places.release();
              }
            });
      }
    }
  }

  /** Sends no more and gives up on what is under way. */
  public void stop() {
    stopped = true;
    endpoint.interrupt();
  }

  /** Whether it was stopped. */
  public boolean isStopped() {
    return stopped;
  }

  /** Turns that were sent. */
  public int sent() {
    return sent.get();
  }

  /** Turns that were not, because the turn before failed or the run was stopped. */
  public int unsent() {
    return unsent.get();
  }

  private void talk(Talk talk, long start) {
    List<String> answers = new ArrayList<>();
    long ended = start;
    for (int turn = 1; turn <= talk.turns().size(); turn++) {
      Talk.Said said = talk.turns().get(turn - 1);
      long earliest = Math.max(start + said.atNanos(), ended + said.pauseNanos());
      boolean timed = earliest > System.nanoTime();
      waitUntil(earliest - LEAD_NANOS);
      Request request = request(talk, turn, answers);
      waitUntil(earliest);
      if (stopped) {
        unsent.addAndGet(talk.turns().size() - turn + 1);
        return;
      }
      Measurement measured = ask(talk, request, timed ? earliest : System.nanoTime());
      ended = measured.endNanos();
      if (!measured.ok() && talk.needsAnswers()) {
        unsent.addAndGet(talk.turns().size() - turn);
        return;
      }
      answers.add(text(measured.answer()));
    }
  }

  private Measurement ask(Talk talk, Request request, long due) {
    CompletableFuture<Measurement> answer = new CompletableFuture<>();
    sent.incrementAndGet();
    endpoint.send(
        request,
        due,
        gap -> {},
        measured -> {
          try {
            sink.accept(talk, measured);
          } finally {
            answer.complete(measured);
          }
        });
    if (stopped) {
      endpoint.interrupt(); // It may have come to the event loop after the first interruption.
    }
    return answer.join();
  }

  private Request request(Talk talk, int turn, List<String> answers) {
    int maxTokens = talk.turns().get(turn - 1).maxTokens();
    return new Request(
        indices.getAndIncrement(),
        talk.number(),
        turn,
        bodies.api().path(),
        bodies.body(talk.messages(turn, answers), maxTokens),
        bodies.streamed(),
        maxTokens,
        talk.needsAnswers(),
        bodies.session(talk.number()));
  }

  private void waitUntil(long nanos) {
    long left = nanos - System.nanoTime();
    while (left > 0 && !stopped) {
      LockSupport.parkNanos(Math.min(left, NAP_NANOS));
      left = nanos - System.nanoTime();
    }
  }

  /** An answer as it stood in JSON, unescaped. */
  static String text(String escaped) {
    return escaped.isEmpty() ? "" : JsonMapper.shared().readTree("\"" + escaped + "\"").asString();
  }
}
