package io.turnpike.simulator.connector;

import io.turnpike.simulator.wire.Json;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * D's side of NIXL: reads blocks from the engine that params name. What it learnt of an engine id
 * at the first read stays true for it for ever: another host or port in later params is ignored,
 * and an engine that came back under its old id is never readable again (observed for 214 s).
 * Thread-safe.
 */
public final class NixlReader {

  /** Engines remembered; more are read without being remembered. */
  private static final int MAX_PEERS = 4_096;

  private final Supplier<KvPort> port;
  private final HandoffCounters counters;
  private final Timing timing;
  private final long bytesPerToken;
  private final Map<String, Peer> peers = new ConcurrentHashMap<>();

  private record Peer(String host, int port, String incarnation) {}

  /**
   * When a reader does what.
   *
   * @param handshakeTimeout how long an unknown engine that does not answer is waited for
   * @param heartbeat how often P hears of a leg that waits for room, a sixth of the lease
   */
  public record Timing(Duration handshakeTimeout, Duration heartbeat) {}

  /** Why a read failed; carries no stack trace. */
  private static final class ReadFailed extends RuntimeException {
    ReadFailed(String why) {
      super(why, null, false, false);
    }
  }

  /**
   * A reader that knows nobody yet.
   *
   * @param bytesPerToken for the counter of bytes
   */
  public NixlReader(
      Supplier<KvPort> port, HandoffCounters counters, Timing timing, long bytesPerToken) {
    this.port = port;
    this.counters = counters;
    this.timing = timing;
    this.bytesPerToken = bytesPerToken;
  }

  /** Reads what the blocks hold; an error when that fails. */
  Mono<KvContent> read(ObjectNode params, int tokens) {
    String engineId = params.path("remote_engine_id").asString("");
    Peer known = peers.get(engineId);
    String host = known == null ? params.path("remote_host").asString("") : known.host();
    int remotePort = known == null ? portOf(params) : known.port();
    if (engineId.isEmpty() || host.isEmpty() || remotePort <= 0) {
      return failed("incomplete params");
    }
    ObjectNode message =
        Json.object()
            .put("request_id", params.path("remote_request_id").asString(""))
            .set("blocks", params.path("remote_block_ids").get(0));
    return port.get()
        .call(host, remotePort, "/kv/read", message)
        .timed()
        .doOnNext(timed -> counters.transferNanos.add(timed.elapsed().toNanos()))
        .map(timed -> timed.get())
        .onErrorResume(error -> unreachable(known))
        .flatMap(answer -> content(answer, engineId, known, new Peer(host, remotePort, "")))
        .doOnNext(content -> count(tokens, content))
        .doOnError(error -> counters.failedTransfers.increment());
  }

  /** Tells P every so often that a leg still waits, until disposed. */
  Disposable keepAlive(ObjectNode params) {
    return Flux.interval(timing.heartbeat(), Schedulers.parallel())
        .subscribe(beat -> tell(params, "/kv/heartbeat"));
  }

  /** Tells P that nobody will read. */
  void release(ObjectNode params) {
    tell(params, "/kv/release");
  }

  private void tell(ObjectNode params, String path) {
    int remotePort = portOf(params);
    String host = params.path("remote_host").asString("");
    if (remotePort <= 0 || host.isEmpty()) {
      return;
    }
    ObjectNode message =
        Json.object().put("request_id", params.path("remote_request_id").asString(""));
    port.get()
        .call(host, remotePort, path, message)
        .subscribe(done -> {}, error -> counters.failedNotifications.increment());
  }

  private Mono<ObjectNode> unreachable(@Nullable Peer known) {
    Mono<ObjectNode> failed = failed("unreachable");
    if (known != null) {
      counters.failedNotifications.increment();
      return failed;
    }
    return Mono.delay(timing.handshakeTimeout()).then(failed);
  }

  private Mono<KvContent> content(
      ObjectNode answer, String engineId, @Nullable Peer known, Peer found) {
    String incarnation = answer.path("incarnation").asString("");
    if (!answer.path("engine_id").asString("").equals(engineId)) {
      return failed("another engine answers there");
    }
    if (known != null && !known.incarnation().equals(incarnation)) {
      return failed("the engine was restarted under its old id");
    }
    if (peers.size() < MAX_PEERS) {
      peers.putIfAbsent(engineId, new Peer(found.host(), found.port(), incarnation));
    }
    if (answer.path("failed").asBoolean(false)) {
      return failed("the blocks cannot be read");
    }
    List<Long> blocks = answer.path("content").valueStream().map(JsonNode::asLong).toList();
    return Mono.just(blocks.isEmpty() ? KvContent.REUSED : new KvContent(blocks));
  }

  private void count(int tokens, KvContent content) {
    counters.transfers.increment();
    counters.transferredBytes.add(tokens * bytesPerToken);
    counters.descriptors.add(Math.max(1, content.blocks().size()));
  }

  private static int portOf(ObjectNode params) {
    JsonNode remotePort = params.path("remote_port");
    return remotePort.isInt() ? remotePort.asInt() : -1;
  }

  private static <T> Mono<T> failed(String why) {
    return Mono.error(new ReadFailed(why));
  }
}
