package io.turnpike.simulator.connector;

import io.turnpike.simulator.handoff.Claim;
import io.turnpike.simulator.handoff.Lease;
import io.turnpike.simulator.live.EngineDriver;
import io.turnpike.simulator.wire.Json;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** P's side of NIXL: what its leased blocks hold, and answering those who read. Thread-safe. */
public final class NixlSender {

  /** Ended leases remembered to count late readers. */
  private static final int MAX_EXPIRED = 65_536;

  private final Supplier<EngineDriver> driver;
  private final Identity identity;
  private final HandoffCounters counters;
  private final Map<String, Offer> offers = new ConcurrentHashMap<>();
  private final Set<String> expired = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean dropNext = new AtomicBoolean();

  /**
   * Who this engine is to others.
   *
   * @param engineId as configured, or random
   * @param incarnation differs after each start, as NIXL's agent metadata do
   * @param host the side channel's host as readers see it
   * @param port the side channel's port, known once it listens
   */
  public record Identity(
      String engineId, String incarnation, String host, Supplier<Integer> port) {}

  private record Offer(List<Integer> blocks, KvContent content) {}

  public NixlSender(Supplier<EngineDriver> driver, Identity identity, HandoffCounters counters) {
    this.driver = driver;
    this.identity = identity;
    this.counters = counters;
  }

  /** The routes of the side channel. */
  public Map<String, java.util.function.Function<ObjectNode, Mono<ObjectNode>>> routes() {
    return Map.of(
        "/kv/read", this::read, "/kv/release", this::release, "/kv/heartbeat", this::heartbeat);
  }

  /** The next prompt's KV gets lost: whoever reads it fails. */
  public void dropNext() {
    dropNext.set(true);
  }

  /** Remembers what a lease holds and names it for P's answer. */
  String offer(KvConnector.Sequence sequence, Lease lease, int cachedTokens) {
    List<Integer> blocks =
        IntStream.range(0, sequence.content().blocks().size())
            .mapToObj(i -> lease.blocks()[i])
            .toList();
    if (!dropNext.compareAndSet(true, false)) {
      offers.put(lease.requestId(), new Offer(blocks, sequence.content()));
    }
    ObjectNode params = Json.object();
    params.put("do_remote_prefill", true).put("do_remote_decode", false);
    var group = params.putArray("remote_block_ids").addArray();
    blocks.forEach(group::add);
    return params
        .put("remote_engine_id", identity.engineId())
        .put("remote_request_id", lease.requestId())
        .put("remote_host", identity.host())
        .put("remote_port", identity.port().get())
        .put("tp_size", 1)
        .put("dcp_size", 1)
        .put("pp_size", 1)
        .put("remote_num_tokens", lease.promptTokens())
        .putNull("remote_blocks_expiry_time")
        .put("transfer_mode", "pull")
        .put("remote_prefill_cached_tokens", cachedTokens)
        .toString();
  }

  void expired(String requestId) {
    offers.remove(requestId);
    if (expired.size() >= MAX_EXPIRED) {
      expired.clear();
    }
    expired.add(requestId);
  }

  private Mono<ObjectNode> read(ObjectNode message) {
    String requestId = message.path("request_id").asString("");
    ObjectNode answer =
        Json.object()
            .put("engine_id", identity.engineId())
            .put("incarnation", identity.incarnation());
    return Mono.fromFuture(
        driver
            .get()
            .call(
                (core, now) -> {
                  Claim claim = core.claim(requestId);
                  Offer offer =
                      claim instanceof Claim.Granted
                          ? offers.remove(requestId)
                          : sameBlocks(message.path("blocks"));
                  core.release(requestId, now);
                  boolean lost = claim instanceof Claim.Granted && offer == null;
                  boolean inRange = inRange(message.path("blocks"), core.stats().kvBlocks());
                  return answer(answer, lost || !inRange, offer, requestId);
                }));
  }

  private ObjectNode answer(
      ObjectNode answer, boolean failed, @Nullable Offer offer, String requestId) {
    if (expired.contains(requestId)) {
      counters.notificationsAfterExpiry.increment();
    }
    answer.put("failed", failed);
    var content = answer.putArray("content");
    if (offer != null) {
      offer.content().blocks().forEach(content::add);
    }
    return answer;
  }

  /** A reader with a wrong request id still finds what is in the blocks it names. */
  private @Nullable Offer sameBlocks(JsonNode blocks) {
    List<Integer> wanted = blocks.valueStream().map(JsonNode::asInt).toList();
    return offers.values().stream()
        .filter(offer -> offer.blocks().equals(wanted))
        .findFirst()
        .orElse(null);
  }

  private static boolean inRange(JsonNode blocks, int kvBlocks) {
    return blocks
        .valueStream()
        .allMatch(block -> block.asInt(-1) >= 0 && block.asInt() <= kvBlocks);
  }

  private Mono<ObjectNode> heartbeat(ObjectNode message) {
    String requestId = message.path("request_id").asString("");
    return Mono.fromFuture(driver.get().call((core, now) -> core.heartbeat(requestId, now)))
        .map(done -> Json.object().put("extended", done));
  }

  private Mono<ObjectNode> release(ObjectNode message) {
    String requestId = message.path("request_id").asString("");
    offers.remove(requestId);
    return Mono.fromFuture(driver.get().call((core, now) -> core.release(requestId, now)))
        .map(done -> Json.object().put("released", done));
  }

  @Override
  public String toString() {
    return "leased " + Arrays.toString(offers.keySet().toArray());
  }
}
