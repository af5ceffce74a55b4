package io.turnpike.simulator.engine;

import io.turnpike.cost.EngineLimits;
import io.turnpike.cost.EngineProfile;
import io.turnpike.cost.FrontEndCosts;
import io.turnpike.cost.StepCosts;
import io.turnpike.simulator.handoff.Handoff;
import io.turnpike.simulator.handoff.Lease;
import java.util.ArrayList;
import java.util.List;

/** Small engines and requests for tests: a step takes 10 ms, a prompt token 1 ms. */
final class Engines {

  static final long MILLI = 1_000_000;
  static final StepCosts COSTS = new StepCosts(10, 0, 0, 1, 1, 0, 0);

  private Engines() {}

  static EngineProfile profile(int budget, int maxSequences, int blocks) {
    return new EngineProfile(
        "test",
        "",
        COSTS,
        FrontEndCosts.FREE,
        new EngineLimits(budget, maxSequences, blocks * 16L, 1));
  }

  static Prompt prompt(int conversation, int tokens) {
    long[] hashes = new long[tokens / 16];
    for (int i = 0; i < hashes.length; i++) {
      hashes[i] = conversation * 1_000_003L + i + 1;
    }
    return new Prompt(tokens, hashes);
  }

  static EngineRequest request(String id, int conversation, int tokens, int maxTokens) {
    return new EngineRequest(id, prompt(conversation, tokens), maxTokens, Handoff.NONE);
  }

  /** Writes down everything an engine tells. */
  static final class Log implements EngineListener {
    final List<String> lines = new ArrayList<>();
    final List<Finished> finished = new ArrayList<>();

    @Override
    public void onToken(EngineRequest request, int index, long nowNanos) {
      lines.add("%s[%d]@%d".formatted(request.id(), index, nowNanos / MILLI));
    }

    @Override
    public void onFinished(Finished end, long nowNanos) {
      lines.add("%s %s@%d".formatted(end.request().id(), end.reason(), nowNanos / MILLI));
      finished.add(end);
    }

    @Override
    public void onPreempted(EngineRequest request, long nowNanos) {
      lines.add("%s preempted@%d".formatted(request.id(), nowNanos / MILLI));
    }

    @Override
    public void onLeaseExpired(Lease lease, long nowNanos) {
      lines.add("%s expired@%d".formatted(lease.requestId(), nowNanos / MILLI));
    }

    Finished of(String id) {
      return finished.stream().filter(f -> f.request().id().equals(id)).findFirst().orElseThrow();
    }
  }
}
