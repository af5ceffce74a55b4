package io.turnpike.simulator.generation;

import io.turnpike.simulator.exchange.Cut;
import io.turnpike.simulator.exchange.Response;
import io.turnpike.simulator.wire.ApiError;
import io.turnpike.simulator.wire.GenerateRequest;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/** The requests that an engine answers right now. Thread-safe. */
public final class Generations {

  private final Generation.Frame frame;
  private final InstantSource time;
  private final Set<Generation> live = ConcurrentHashMap.newKeySet();
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private volatile boolean draining;

  /**
   * What requests are told of the engine.
   *
   * @param maxModelLen most tokens of prompt and answer
   * @param fingerprint the engine's system_fingerprint
   */
  public record Setting(int maxModelLen, String fingerprint, InstantSource time) {}

  /** No requests yet; {@code watch} and {@code record} hear of those that come. */
  public Generations(
      Setting setting, EngineAccess engine, SequenceWatch watch, RequestRecord record) {
    this.time = setting.time();
    LiveSequence.Parts parts = new LiveSequence.Parts(engine, watch, System::nanoTime);
    this.frame = new Generation.Frame(parts, record, setting.maxModelLen(), setting.fingerprint());
  }

  /** Answers a request; it starts when the answer is subscribed to. */
  public Mono<Response> answer(GenerateRequest request, Cutoff cutoff) {
    long now = time.instant().getEpochSecond();
    Generation generation = new Generation(frame, request, cutoff, now);
    if (request.stream().isStream()) {
      return Mono.just(
          new Response.Events(generation.events().doOnSubscribe(s -> begin(generation))));
    }
    return generation
        .whole()
        .doOnSubscribe(s -> begin(generation))
        .<Response>map(json -> Response.json(200, json))
        .onErrorResume(ApiError.class, error -> Mono.just(Response.error(error)))
        .onErrorResume(Cut.class, cut -> Mono.just(new Response.Ended(cut.how())));
  }

  /**
   * From now on requests are given up as soon as they come (vLLM's scheduler when it is told to
   * stop); those under way go on. The answer completes when there are none any more.
   */
  public CompletableFuture<Void> drain() {
    draining = true;
    checkDrained();
    return drained;
  }

  /** Ends all that are under way, each as the next ending says. */
  public void endAll(Supplier<Ending> endings) {
    live.forEach(generation -> generation.end(endings.get()));
  }

  private void begin(Generation generation) {
    live.add(generation);
    var _ =
        generation
            .ended()
            .thenRun(
                () -> {
                  live.remove(generation);
                  checkDrained();
                });
    generation.start();
    if (draining) {
      generation.end(Ending.ABORT);
    }
  }

  private void checkDrained() {
    if (draining && live.isEmpty()) {
      drained.complete(null);
    }
  }
}
