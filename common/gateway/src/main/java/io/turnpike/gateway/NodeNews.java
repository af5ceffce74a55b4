package io.turnpike.gateway;

import io.turnpike.engine.EngineHealth;
import io.turnpike.membership.ClusterSource;
import io.turnpike.node.Node;
import io.turnpike.turn.Effect.Fact;
import io.turnpike.turn.LegFault;

/**
 * What turns learn about nodes, handed on to all whom it concerns: this gateway's health, the
 * registry that should ask the node at once, and other turns with legs there. Thread-safe.
 */
record NodeNews(EngineHealth health, ClusterSource clusters, LiveTurns live) {

  void take(Fact fact) {
    boolean worthAsking = health.learn(fact);
    switch (fact) {
      case Fact.Broke(Node node, LegFault fault, var leg) -> {
        if (worthAsking) {
          report(node, leg.word() + " leg: " + fault.text());
        }
        if (fault == LegFault.REFUSED) {
          live.nodeLost(node.id());
        }
      }
      case Fact.Silent(Node node, boolean alive) -> {
        if (worthAsking) {
          report(node, "silent without a sign of life");
        }
      }
      case Fact.Answered _, Fact.HandedOff _, Fact.HandoffLost _ -> {}
    }
  }

  private void report(Node node, String what) {
    clusters.report(node.id(), node.epoch(), what);
  }
}
