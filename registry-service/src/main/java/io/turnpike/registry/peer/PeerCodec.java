package io.turnpike.registry.peer;

import io.turnpike.membership.NodeCodec;
import io.turnpike.membership.PeerWord;
import io.turnpike.membership.PeerWord.Drain;
import io.turnpike.membership.PeerWord.Known;
import io.turnpike.membership.Registration;
import io.turnpike.node.Epoch;
import io.turnpike.node.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What registries tell each other, as JSON. Times are ages in milliseconds, because clocks differ.
 *
 * <pre>
 * {"registry":"registry-5f…","complete":true,
 *  "nodes":[{"id":"p0","role":"prefill","url":"http://10.0.0.1:8100","connector":"nixl",
 *            "zmq_address":null,"origin":"leased","engine_id":null,"note":null,
 *            "epoch":"s1795221502.37","heard_by":"registry-5f…","heard_ms":1200,
 *            "registered_ms":61200,"drained":false,"drain_ms":null}],
 *  "removed":{"p9":31000}}
 * </pre>
 */
final class PeerCodec {

  private PeerCodec() {}

  static ObjectNode write(PeerWord word, Instant now) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("registry", word.registry()).put("complete", word.complete());
    ArrayNode nodes = json.putArray("nodes");
    word.nodes().forEach(known -> nodes.add(write(known, now)));
    ObjectNode removed = json.putObject("removed");
    word.removed().forEach((id, at) -> removed.put(id.value(), age(at, now)));
    return json;
  }

  private static ObjectNode write(Known known, Instant now) {
    ObjectNode json = NodeCodec.writeRegistration(known.registration());
    json.put("epoch", known.epoch().value());
    json.put("heard_by", known.heardBy()).put("heard_ms", age(known.heardAt(), now));
    json.put("registered_ms", age(known.registeredAt(), now));
    Instant drainAt = known.drain().at();
    json.put("drained", known.drain().drained());
    json.put("drain_ms", drainAt == null ? null : Long.valueOf(age(drainAt, now)));
    return json;
  }

  private static long age(Instant at, Instant now) {
    return Math.max(0, Duration.between(at, now).toMillis());
  }

  /**
   * Reads what a peer said. A node that cannot be understood is left out.
   *
   * @throws IllegalArgumentException if it is no word of a registry
   */
  static PeerWord read(JsonNode json, Instant now) {
    String registry = json.path("registry").asString("");
    if (registry.isEmpty() || registry.length() > 128) {
      throw new IllegalArgumentException("registry: missing (expected: who says it)");
    }
    List<Known> nodes = new ArrayList<>();
    for (JsonNode node : NodeCodec.array(json, "nodes")) {
      Known known = known(node, now);
      if (known != null) {
        nodes.add(known);
      }
    }
    return new PeerWord(
        registry, json.path("complete").asBoolean(false), nodes, removed(json, now));
  }

  private static @Nullable Known known(JsonNode json, Instant now) {
    try {
      Registration registration = NodeCodec.readRegistration(json);
      Epoch epoch = new Epoch(json.path("epoch").asString(Epoch.UNKNOWN.value()));
      boolean drained = json.path("drained").asBoolean(false);
      Drain drain =
          new Drain(drained, json.path("drain_ms").isNumber() ? at(json, "drain_ms", now) : null);
      return new Known(
          registration,
          epoch,
          json.path("heard_by").asString(""),
          at(json, "heard_ms", now),
          at(json, "registered_ms", now),
          drain);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static Map<NodeId, Instant> removed(JsonNode json, Instant now) {
    Map<NodeId, Instant> removed = new HashMap<>();
    for (Map.Entry<String, JsonNode> one : json.path("removed").properties()) {
      if (NodeId.isValid(one.getKey())) {
        removed.put(new NodeId(one.getKey()), before(one.getValue().asLong(0), now));
      }
    }
    return removed;
  }

  private static Instant at(JsonNode json, String name, Instant now) {
    return before(json.path(name).asLong(0), now);
  }

  private static Instant before(long ageMillis, Instant now) {
    return now.minusMillis(Math.clamp(ageMillis, 0L, Duration.ofDays(36_500).toMillis()));
  }
}
