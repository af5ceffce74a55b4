package io.turnpike.simulator.connector;

import io.turnpike.simulator.engine.EngineCore.TransferEnd;
import io.turnpike.simulator.engine.Finished;
import io.turnpike.simulator.handoff.Handoff;
import io.turnpike.simulator.handoff.Lease;
import io.turnpike.simulator.live.EngineDriver;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * NixlConnector in pull mode, as observed with vLLM 0.32.0: P's answer names its blocks, D reads
 * them from P's side channel. As with the real one nothing but the engine id is checked when D
 * reads; params that are used again, late or for another prompt give D wrong content under this
 * prompt's hashes.
 *
 * <p>Blocks whose lease was read or has ended always count as overwritten (with the real engine:
 * once P has used them for something else).
 */
public final class NixlConnector implements KvConnector {

  /** How a read that failed ends. */
  public enum LoadFailurePolicy {
    /** HTTP 500, or an error event in a stream. */
    FAIL,
    /** D computes the prompt itself. */
    RECOMPUTE
  }

  private final Supplier<EngineDriver> driver;
  private final NixlSender sender;
  private final NixlReader reader;
  private final LoadFailurePolicy policy;

  public NixlConnector(
      Supplier<EngineDriver> driver,
      NixlSender sender,
      NixlReader reader,
      LoadFailurePolicy policy) {
    this.driver = driver;
    this.sender = sender;
    this.reader = reader;
    this.policy = policy;
  }

  @Override
  public Leg plan(Sequence sequence, HandoffEvents events) {
    if (sequence.request().asksForRemotePrefill()) {
      return decodeLeg(sequence, events);
    }
    return sequence.request().asksForRemoteDecode() ? new PrefillLeg(sequence) : Leg.LOCAL;
  }

  @Override
  public void refused(ObjectNode params) {
    if (params.path("do_remote_prefill").asBoolean(false)) {
      reader.release(params);
    }
  }

  @Override
  public void expired(Lease lease) {
    sender.expired(lease.requestId());
  }

  private Leg decodeLeg(Sequence sequence, HandoffEvents events) {
    ObjectNode params = Objects.requireNonNull(sequence.request().kvTransferParams());
    JsonNode groups = params.path("remote_block_ids");
    boolean grouped = groups.isArray() && !groups.isEmpty() && groups.get(0).isArray();
    if (!grouped || groups.get(0).size() < sequence.content().blocks().size()) {
      events.onEngineKilled();
      return Leg.LOCAL;
    }
    DecodeLeg leg = new DecodeLeg(sequence, params, events);
    leg.keepAlive();
    return leg;
  }

  /** P's half. */
  private final class PrefillLeg implements Leg {

    private final Sequence sequence;

    PrefillLeg(Sequence sequence) {
      this.sequence = sequence;
    }

    @Override
    public Handoff handoff() {
      return Handoff.PRODUCE;
    }

    @Override
    public String handover(Finished finished) {
      Lease lease = finished.lease();
      return lease == null ? "null" : sender.offer(sequence, lease, finished.cachedTokens());
    }
  }

  /** D's half. */
  private final class DecodeLeg implements Leg {

    private final Sequence sequence;
    private final ObjectNode params;
    private final HandoffEvents events;
    private final Disposable.Swap heartbeat = Disposables.swap();
    private volatile boolean reading;
    private int localTokens;
    private @Nullable KvContent received;

    DecodeLeg(Sequence sequence, ObjectNode params, HandoffEvents events) {
      this.sequence = sequence;
      this.params = params;
      this.events = events;
    }

    @Override
    public Handoff handoff() {
      return new Handoff.Consume(sequence.promptTokens(), this::read);
    }

    @Override
    public @Nullable KvContent received() {
      return received;
    }

    @Override
    public int localTokens() {
      return localTokens;
    }

    @Override
    public int cachedTokensShown() {
      return params.path("remote_prefill_cached_tokens").asInt(0);
    }

    void keepAlive() {
      heartbeat.update(reader.keepAlive(params));
    }

    /** Nobody has read yet: P need not wait for the end of the lease. */
    @Override
    public void aborted() {
      heartbeat.dispose();
      if (!reading) {
        reader.release(params);
      }
    }

    private long read(int tokens, long nowNanos) {
      reading = true;
      heartbeat.dispose();
      localTokens = sequence.promptTokens() - tokens;
      reader.read(params, tokens).subscribe(this::arrived, error -> failed());
      return io.turnpike.simulator.handoff.KvSource.LATER;
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

    private void failed() {
      if (policy == LoadFailurePolicy.FAIL) {
        events.onHandoffFailed();
        return;
      }
      var _ =
          driver.get().call((core, now) -> core.deliver(sequence.id(), TransferEnd.FAILED, now));
    }
  }
}
