package io.turnpike.registry.kubernetes;

import io.turnpike.membership.Outcome;
import io.turnpike.membership.Registration;
import io.turnpike.membership.Registration.Standing;
import io.turnpike.node.NodeId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which pods were announced as nodes. A pod is announced when it is ready for the first time, stays
 * announced while it is not ready or ends, and is withdrawn when it is gone. One thread at a time.
 */
final class PodTable {

  private static final Logger LOG = LoggerFactory.getLogger(PodTable.class);

  /** Whoever keeps the nodes. */
  interface Nodes {
    /** A pod is there, or changed. */
    Outcome announce(Registration registration);

    /** A pod is gone. */
    void withdraw(NodeId node);

    /** All nodes that were discovered, also before this process began. */
    Set<NodeId> discovered();
  }

  private final Nodes nodes;
  private final Map<String, NodeId> announced = new HashMap<>();

  /** What could not be announced yet, because its address or place is still another's. */
  private final Map<String, Registration> waiting = new LinkedHashMap<>();

  /** What is wrong with pods, each said once. */
  private final Map<String, String> said = new HashMap<>();

  PodTable(Nodes nodes) {
    this.nodes = nodes;
  }

  /** These are all pods there are: those that are not among them are gone. */
  void replace(List<Pod> all) {
    Set<String> uids = new HashSet<>();
    all.forEach(pod -> uids.add(pod.uid()));
    List.copyOf(announced.keySet()).stream().filter(uid -> !uids.contains(uid)).forEach(this::gone);
    waiting.keySet().retainAll(uids);
    said.keySet().retainAll(uids);
    all.forEach(this::changed);
    Set<NodeId> known = Set.copyOf(announced.values());
    nodes.discovered().stream().filter(node -> !known.contains(node)).forEach(nodes::withdraw);
    retry();
  }

  /** A pod came or changed. */
  void changed(Pod pod) {
    switch (pod) {
      case Pod.Engine(String uid, Registration registration) -> {
        if (registration.standing() == Standing.OFFERED || announced.containsKey(uid)) {
          announce(uid, registration);
        } else {
          waiting.remove(uid);
        }
      }
      case Pod.Other(String uid, String mistake) -> {
        gone(uid);
        say(uid, mistake);
      }
    }
  }

  /** A pod is there no more. */
  void deleted(Pod pod) {
    said.remove(pod.uid());
    gone(pod.uid());
    retry();
  }

  private void announce(String uid, Registration registration) {
    String refusal =
        switch (nodes.announce(registration)) {
          case Outcome.Applied _, Outcome.UnknownNode _ -> "";
          case Outcome.Conflict conflict -> conflict.message();
          case Outcome.Full full -> "there are " + full.maxNodes() + " nodes already";
        };
    if (refusal.isEmpty()) {
      waiting.remove(uid);
      said.remove(uid);
      announced.put(uid, registration.spec().id());
    } else {
      waiting.put(uid, registration);
      say(uid, "pod " + registration.spec().id() + ": " + refusal);
    }
  }

  private void gone(String uid) {
    waiting.remove(uid);
    NodeId node = announced.remove(uid);
    // A pod that came after it may have its name.
    if (node != null && !announced.containsValue(node)) {
      nodes.withdraw(node);
    }
  }

  /** Announces anew what could not be announced. */
  void retry() {
    Map.copyOf(waiting).forEach(this::announce);
  }

  private void say(String uid, String mistake) {
    if (!mistake.isEmpty() && !mistake.equals(said.put(uid, mistake))) {
      LOG.atWarn().addKeyValue("reason", mistake).log("A pod cannot be a node");
    }
  }
}
