package io.turnpike.registry.kubernetes;

import io.turnpike.configuration.StartRefused;
import io.turnpike.connector.Connectors;
import io.turnpike.membership.NodeCodec;
import io.turnpike.membership.NodeSpec;
import io.turnpike.membership.Registration;
import io.turnpike.membership.Registration.Origin;
import io.turnpike.membership.Registration.Standing;
import io.turnpike.node.Connector;
import io.turnpike.node.NodeId;
import io.turnpike.node.Role;
import io.turnpike.registry.address.AllowedAddresses;
import java.net.URI;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Which pods are engines, of which role, and where they listen. Immutable, pure.
 *
 * <p>A pod says its role by {@code turnpike.io/role}, or by the label of llm-d, {@code
 * llm-d.ai/role} (its inference scheduler's {@code roles.go}). vllm-router and vLLM's production
 * stack know no labels of their own: they are told selectors ({@code --prefill-selector}, {@code
 * --prefill-model-labels}), and so are these rules.
 */
final class PodRules {

  static final String ROLE = "turnpike.io/role";
  static final String PORT = "turnpike.io/port";
  static final String CONNECTOR = "turnpike.io/connector";
  static final String ZMQ_PORT = "turnpike.io/zmq-port";
  static final String ROLE_OF_LLM_D = "llm-d.ai/role";

  private static final Set<String> OVER = Set.of("Succeeded", "Failed");

  private final Map<Role, Map<String, String>> selectors;
  private final Names names;
  private final int port;
  private final AllowedAddresses allowed;

  /** How nodes are called. */
  enum Names {
    /** As their pods. */
    POD,
    /** With the namespace before it, because pods of several may have one name. */
    NAMESPACE_AND_POD
  }

  PodRules(
      Map<Role, Map<String, String>> selectors, Names names, int port, AllowedAddresses allowed) {
    this.selectors = new EnumMap<>(Role.class);
    this.selectors.putAll(selectors);
    this.names = names;
    this.port = port;
    this.allowed = allowed;
  }

  /**
   * Reads labels that pods must all have, as {@code app=prefill,model=m}.
   *
   * @param property its name, for the message
   * @throws StartRefused if it is nothing of the kind
   */
  static Map<String, String> selector(String property, String text) {
    Map<String, String> labels = new LinkedHashMap<>();
    for (String pair : text.isBlank() ? new String[0] : text.split(",", -1)) {
      int equals = pair.indexOf('=');
      if (equals < 1) {
        throw StartRefused.property(property, '"' + text + '"', "label=value, several by commas");
      }
      labels.put(pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
    }
    return labels;
  }

  /** What this pod is. */
  Pod read(JsonNode pod) {
    String uid = pod.path("metadata").path("uid").asString("");
    try {
      Role role = role(pod.path("metadata").path("labels"));
      String address = pod.path("status").path("podIP").asString("");
      boolean over = OVER.contains(pod.path("status").path("phase").asString(""));
      return role == null || address.isEmpty() || over
          ? new Pod.Other(uid, "")
          : new Pod.Engine(uid, registration(pod, role, address, uid));
    } catch (IllegalArgumentException e) {
      return new Pod.Other(uid, "pod " + name(pod) + ": " + e.getMessage());
    }
  }

  private @Nullable Role role(JsonNode labels) {
    String ours = label(labels, ROLE);
    if (ours != null) {
      return NodeCodec.role(ours);
    }
    String theirs = label(labels, ROLE_OF_LLM_D);
    return theirs == null ? selected(labels) : roleAtLlmD(theirs);
  }

  /** An encoder alone serves no turns; what llm-d adds later is not guessed. */
  private static @Nullable Role roleAtLlmD(String word) {
    return switch (word) {
      case "prefill", "encode-prefill" -> Role.PREFILL;
      case "decode" -> Role.DECODE;
      case "prefill-decode", "encode-prefill-decode", "both" -> Role.REPLICA;
      default -> null;
    };
  }

  private @Nullable Role selected(JsonNode labels) {
    for (Map.Entry<Role, Map<String, String>> selector : selectors.entrySet()) {
      Map<String, String> wanted = selector.getValue();
      if (!wanted.isEmpty()
          && wanted.entrySet().stream()
              .allMatch(it -> it.getValue().equals(label(labels, it.getKey())))) {
        return selector.getKey();
      }
    }
    return null;
  }

  private Registration registration(JsonNode pod, Role role, String address, String uid) {
    JsonNode labels = pod.path("metadata").path("labels");
    String refusal = allowed.refusalOfDiscovered(address);
    if (refusal != null) {
      throw new IllegalArgumentException(
          "address %s: %s (expected: one that turnpike.registry.allow lists)"
              .formatted(address, refusal));
    }
    String host = address.contains(":") ? "[" + address + "]" : address;
    URI url = NodeSpec.parseUrl("address", "http://" + host + ":" + port(labels, PORT, port));
    Connector connector = connector(role, label(labels, CONNECTOR));
    String zmqAddress =
        connector.needsZmqAddress() ? host + ":" + port(labels, ZMQ_PORT, null) : null;
    String name = name(pod);
    NodeId id = new NodeId(NodeId.isValid(name) ? name : url.getAuthority());
    String against = against(pod);
    return new Registration(
        new NodeSpec(id, role, url, connector, zmqAddress),
        Origin.DISCOVERED,
        uid,
        against,
        against == null ? Standing.OFFERED : Standing.WITHHELD);
  }

  private static Connector connector(Role role, @Nullable String word) {
    if (word != null) {
      return NodeCodec.connector(word);
    }
    return role == Role.REPLICA ? Connectors.NONE : Connectors.NIXL;
  }

  private static int port(JsonNode labels, String label, @Nullable Integer otherwise) {
    String text = label(labels, label);
    if (text == null && otherwise != null) {
      return otherwise;
    }
    if (text == null || !text.matches("[1-9][0-9]{0,4}")) {
      throw new IllegalArgumentException(
          "label %s: %s (expected: a port)".formatted(label, text == null ? "missing" : text));
    }
    return Integer.parseInt(text);
  }

  /** Why it should get no new turns; null if it may. */
  private static @Nullable String against(JsonNode pod) {
    if (!pod.path("metadata").path("deletionTimestamp").asString("").isEmpty()) {
      return "its pod ends";
    }
    for (JsonNode condition : pod.path("status").path("conditions")) {
      if (condition.path("type").asString("").equals("Ready")) {
        return condition.path("status").asString("").equals("True") ? null : "its pod is not ready";
      }
    }
    return "its pod is not ready";
  }

  private String name(JsonNode pod) {
    String name = pod.path("metadata").path("name").asString("");
    return names == Names.POD
        ? name
        : pod.path("metadata").path("namespace").asString("") + "." + name;
  }

  private static @Nullable String label(JsonNode labels, String name) {
    JsonNode value = labels.path(name);
    return value.isString() && !value.asString().isEmpty() ? value.asString() : null;
  }
}
