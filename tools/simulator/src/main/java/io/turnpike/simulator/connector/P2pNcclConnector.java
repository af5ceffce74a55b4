package io.turnpike.simulator.connector;

import io.turnpike.simulator.engine.EngineCore.TransferEnd;
import io.turnpike.simulator.engine.Finished;
import io.turnpike.simulator.handoff.Handoff;
import io.turnpike.simulator.handoff.KvSource;
import io.turnpike.simulator.live.EngineDriver;
import io.turnpike.simulator.wire.Json;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * P2pNcclConnector (vLLM ≤ 0.23): the addresses of both engines stand in the request id, P sends KV
 * to D as soon as the prompt is computed, D waits for the very same id without a time limit. An id
 * of another form at D, or more than one token at P, trips an assertion and kills the engine. A D
 * that carries the patch (vllm-ppd) takes such an id for a prompt that it computes alone.
 */
public final class P2pNcclConnector implements KvConnector {

  /** The producer's and the consumer's own expressions, greedy as theirs. */
  private static final Pattern DECODE_ADDRESS = Pattern.compile("___decode_addr_(.*):(\\d+)");

  private static final Pattern PREFILL_ADDRESS = Pattern.compile("___prefill_addr_(.*):(\\d+)___");

  /** Which end of a handoff an engine is. */
  public enum End {
    /** The prefill side. */
    PRODUCER,
    /** The decode side, as vLLM has it. */
    CONSUMER,
    /** The decode side, with the patch. */
    PATCHED_CONSUMER
  }

  private final End end;
  private final Supplier<EngineDriver> driver;
  private final Supplier<KvPort> port;
  private final ArrivedKv arrivals = new ArrivedKv();
  private final AtomicBoolean dropNext = new AtomicBoolean();

  public P2pNcclConnector(End end, Supplier<EngineDriver> driver, Supplier<KvPort> port) {
    this.end = end;
    this.driver = driver;
    this.port = port;
  }

  /** The routes of the side channel. */
  public Map<String, Function<ObjectNode, Mono<ObjectNode>>> routes() {
    return Map.of("/kv/put", this::put);
  }

  /** The next prompt's KV is not sent. */
  public void dropNext() {
    dropNext.set(true);
  }

  @Override
  public Leg plan(Sequence sequence, HandoffEvents events) {
    if (end == End.PATCHED_CONSUMER && !namesBothEnds(sequence.externalId())) {
      return Leg.LOCAL;
    }
    if (end != End.PRODUCER) {
      return new DecodeLeg(sequence, events);
    }
    Matcher address = DECODE_ADDRESS.matcher(sequence.externalId());
    if (!address.find() || sequence.maxTokens() > 1) {
      events.onEngineKilled();
      return Leg.LOCAL;
    }
    return new PrefillLeg(sequence, address.group(1), Integer.parseInt(address.group(2)));
  }

  /** What the patch looks for. */
  private static boolean namesBothEnds(String id) {
    return id.contains("___prefill_addr_") && id.contains("___decode_addr_");
  }

  private Mono<ObjectNode> put(ObjectNode message) {
    List<Long> blocks = message.path("content").valueStream().map(JsonNode::asLong).toList();
    arrivals.put(message.path("key").asString(""), new KvContent(blocks));
    return Mono.just(Json.object().put("ok", true));
  }

  /** P's half: sends when the prompt is done, then frees. */
  private final class PrefillLeg implements Leg {

    private final Sequence sequence;
    private final String host;
    private final int remotePort;

    PrefillLeg(Sequence sequence, String host, int remotePort) {
      this.sequence = sequence;
      this.host = host;
      this.remotePort = remotePort;
    }

    @Override
    public Handoff handoff() {
      return Handoff.PRODUCE;
    }

    @Override
    public String handover(Finished finished) {
      if (!dropNext.compareAndSet(true, false)) {
        ObjectNode message = Json.object().put("key", sequence.externalId());
        var content = message.putArray("content");
        sequence.content().blocks().forEach(content::add);
        port.get()
            .call(host, remotePort, "/kv/put", message)
            .subscribe(sent -> free(), error -> free());
      }
      return "null";
    }

    private void free() {
      var _ = driver.get().call((core, now) -> core.release(sequence.id(), now));
    }
  }

  /** D's half: waits until P has sent. */
  private final class DecodeLeg implements Leg {

    private final Sequence sequence;
    private final HandoffEvents events;
    private @Nullable KvContent received;
    private int localTokens;

    DecodeLeg(Sequence sequence, HandoffEvents events) {
      this.sequence = sequence;
      this.events = events;
    }

    /** All but the last token; a prompt that is wholly cached here asks for nothing. */
    @Override
    public Handoff handoff() {
      return new Handoff.Consume(sequence.promptTokens() - 1, this::read);
    }

    @Override
    public @Nullable KvContent received() {
      return received;
    }

    @Override
    public int localTokens() {
      return localTokens;
    }

    private long read(int tokens, long nowNanos) {
      if (!PREFILL_ADDRESS.matcher(sequence.externalId()).find()) {
        events.onEngineKilled();
        return KvSource.LATER;
      }
      localTokens = sequence.promptTokens() - 1 - tokens;
      var _ = arrivals.take(sequence.externalId()).thenAccept(this::arrived);
      return KvSource.LATER;
    }

    private void arrived(KvContent content) {
      var _ =
          driver
              .get()
              .call(
                  (core, now) -> {
                    received = content;
                    return core.deliver(sequence.id(), TransferEnd.COMPLETE, now);
                  });
    }
  }
}
