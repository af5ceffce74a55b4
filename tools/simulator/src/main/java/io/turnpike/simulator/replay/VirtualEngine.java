package io.turnpike.simulator.replay;

import io.turnpike.connector.Connectors;
import io.turnpike.node.Epoch;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.NodeState;
import io.turnpike.node.Role;
import io.turnpike.simulator.engine.EngineCore;
import io.turnpike.simulator.engine.EngineListener;
import io.turnpike.simulator.engine.EngineOptions;
import io.turnpike.simulator.engine.EngineOptions.TokenEvents;
import io.turnpike.simulator.engine.EngineRequest;
import io.turnpike.simulator.engine.Finished;
import io.turnpike.simulator.handoff.Handoff;
import io.turnpike.simulator.handoff.HandoffCosts;
import io.turnpike.simulator.handoff.Leases;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One engine of the cluster, and whose legs it works on. */
final class VirtualEngine implements EngineListener {

  final int index;
  final EngineSpec spec;
  final EngineCore core;
  final Node node;
  long inflightTokens;

  /** Turns that have no first token yet. */
  int silent;

  /** Of prompts that are computed here and have no first token yet. */
  long backlogTokens;

  /** Sequences past their first token. */
  int decoding;

  private final Map<String, Leg> legs = new HashMap<>();

  /** Who wants to know of a request. */
  interface Leg {
    void onFirstToken(long nowNanos);

    void onFinished(Finished finished, long nowNanos);
  }

  VirtualEngine(int index, EngineSpec spec, HandoffCosts handoff) {
    this.index = index;
    this.spec = spec;
    core =
        new EngineCore(
            spec.profile(), new EngineOptions(handoff, Leases.DEFAULT_NANOS, TokenEvents.FIRST));
    node =
        new Node(
            new NodeId(spec.name()),
            spec.role(),
            URI.create("http://" + spec.name()),
            spec.role() == Role.REPLICA ? Connectors.NONE : Connectors.NIXL,
            NodeState.READY,
            new Epoch("1"),
            List.of(),
            null,
            null,
            null);
  }

  boolean canHold(int tokens) {
    return tokens <= spec.profile().limits().kvTokens() / 16 * 16;
  }

  void submit(EngineRequest request, Leg leg, long nowNanos) {
    legs.put(request.id(), leg);
    backlogTokens += computedHere(request);
    core.submit(request, nowNanos);
  }

  @Override
  public void onToken(EngineRequest request, int index, long nowNanos) {
    Leg leg = legs.get(request.id());
    if (leg != null && index == 0) {
      backlogTokens -= computedHere(request);
      decoding++;
      leg.onFirstToken(nowNanos);
    }
  }

  @Override
  public void onFinished(Finished finished, long nowNanos) {
    Leg leg = legs.remove(finished.request().id());
    if (leg != null) {
      decoding--;
      leg.onFinished(finished, nowNanos);
    }
  }

  /** Requests under way. */
  int underWay() {
    return legs.size();
  }

  private static int computedHere(EngineRequest request) {
    return request.handoff() instanceof Handoff.Consume ? 0 : request.prompt().tokens();
  }
}
