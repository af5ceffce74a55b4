package io.turnpike.registry.kubernetes;

import io.turnpike.membership.NodeCodec;
import tools.jackson.databind.node.ObjectNode;

/** Pods as an API server sends them, as far as the registry looks at them. */
final class Pods {

  private Pods() {}

  /** A pod that runs and is ready. */
  static ObjectNode ready(String name, String address, String... labels) {
    ObjectNode pod = (ObjectNode) NodeCodec.parse("{\"kind\":\"Pod\"}");
    ObjectNode about = pod.putObject("metadata");
    about
        .put("name", name)
        .put("namespace", "default")
        .put("uid", name.length() > 40 ? "uid" : "uid-" + name);
    ObjectNode its = about.putObject("labels");
    for (int i = 0; i < labels.length; i += 2) {
      its.put(labels[i], labels[i + 1]);
    }
    ObjectNode status = pod.putObject("status");
    status.put("phase", "Running").put("podIP", address);
    status.putArray("conditions").addObject().put("type", "Ready").put("status", "True");
    return pod;
  }

  /** The same pod, not ready. */
  static ObjectNode notReady(ObjectNode pod) {
    ObjectNode other = pod.deepCopy();
    ((ObjectNode) other.path("status").path("conditions").path(0)).put("status", "False");
    return other;
  }

  /** The same pod, told to end. */
  static ObjectNode ending(ObjectNode pod) {
    ObjectNode other = pod.deepCopy();
    ((ObjectNode) other.path("metadata")).put("deletionTimestamp", "2026-01-01T00:00:00Z");
    return other;
  }

  /** The same pod in another phase. */
  static ObjectNode in(String phase, ObjectNode pod) {
    ObjectNode other = pod.deepCopy();
    ((ObjectNode) other.path("status")).put("phase", phase);
    return other;
  }

  /** A pod that took the place and the name of this one. */
  static ObjectNode successor(ObjectNode pod) {
    ObjectNode other = pod.deepCopy();
    ((ObjectNode) other.path("metadata")).put("uid", "uid-of-the-next");
    return other;
  }
}
