package io.turnpike.membership;

import io.turnpike.connector.Connectors;
import io.turnpike.control.ControlJson;
import io.turnpike.membership.Registration.Origin;
import io.turnpike.membership.Registration.Standing;
import io.turnpike.node.Connector;
import io.turnpike.node.Epoch;
import io.turnpike.node.Node;
import io.turnpike.node.NodeId;
import io.turnpike.node.NodeLoad;
import io.turnpike.node.NodeState;
import io.turnpike.node.Role;
import io.turnpike.node.Suspicion;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Nodes as JSON: the one form that the registry's HTTP answers, its watch and its mirror share.
 *
 * <pre>
 * {"id":"prefill-1","role":"prefill","url":"http://10.0.0.1:8100","connector":"nixl",
 *  "state":"ready","epoch":"s1795221502.37","models":["m"],"zmq_address":null,"version":"0.32.0",
 *  "load":{"running":1,"waiting":0,"kv_usage":0.25,"prefix_query_tokens":512,
 *          "prefix_hit_tokens":256,"at":"2026-01-01T00:00:00Z"},
 *  "origin":"static","engine_id":null,"note":null}
 * </pre>
 *
 * The last line is there where the registration is known. A suspect node also has {@code
 * "suspicion"}, a word of {@link Suspicion}; one that is not offered for turns {@code
 * "standing":"withheld"}. Readers ignore members they do not know.
 */
public final class NodeCodec {

  private static final JsonMapper JSON = JsonMapper.shared();

  private NodeCodec() {}

  /** One node, with its registration where it is known. */
  public static ObjectNode write(Node node, @Nullable Registration registration) {
    return JSON.valueToTree(NodeJson.of(node, registration));
  }

  @ControlJson
  private record Table(long version, boolean complete, List<NodeJson> nodes) {}

  /** A whole table: {@code {"version":…,"complete":…,"nodes":[…]}}. */
  public static ObjectNode writeTable(
      MembershipDriver.Published table, Map<NodeId, Registration> registrations) {
    List<NodeJson> nodes =
        table.table().nodes().stream()
            .map(node -> NodeJson.of(node, registrations.get(node.id())))
            .toList();
    return JSON.valueToTree(new Table(table.version(), table.complete(), nodes));
  }

  /**
   * Whether a table that was read is told to be complete. A registry of an earlier release does not
   * say; of it an empty one is not believed.
   */
  static boolean isComplete(JsonNode json) {
    return json.path("complete").asBoolean(!json.path("nodes").isEmpty());
  }

  /**
   * Reads one node.
   *
   * @throws IllegalArgumentException naming the member and what was expected
   */
  public static Node read(JsonNode json) {
    NodeSpec spec = spec(json);
    return new Node(
        spec.id(),
        spec.role(),
        spec.url(),
        spec.connector(),
        state(text(json, "state")),
        new Epoch(text(json, "epoch")),
        models(json.path("models")),
        spec.zmqAddress(),
        optionalText(json, "version"),
        readLoad(json.path("load")),
        suspicion(json));
  }

  /** A word of a later release says no more than that the node is suspect. */
  private static @Nullable Suspicion suspicion(JsonNode json) {
    String word = optionalText(json, "suspicion");
    return word == null ? null : Suspicion.of(word).orElse(null);
  }

  /**
   * Reads the nodes of a whole table. A node that cannot be understood, because a later release
   * wrote it, is left out: it costs that node, not the others.
   *
   * @param leftOut hears of each, with the reason
   * @throws IllegalArgumentException if it is no table
   */
  public static List<Node> readTable(JsonNode json, BiConsumer<JsonNode, String> leftOut) {
    List<Node> nodes = new ArrayList<>();
    for (JsonNode node : array(json, "nodes")) {
      try {
        nodes.add(read(node));
      } catch (IllegalArgumentException e) {
        leftOut.accept(node, String.valueOf(e.getMessage()));
      }
    }
    return nodes;
  }

  /** How a node came to be known, as {@link #readRegistration} reads it. */
  public static ObjectNode writeRegistration(Registration registration) {
    NodeSpec spec = registration.spec();
    ObjectNode json = JSON.createObjectNode();
    if (registration.standing() != Standing.OFFERED) {
      json.put("standing", registration.standing().word());
    }
    return json.put("id", spec.id().value())
        .put("role", spec.role().word())
        .put("url", spec.url().toString())
        .put("connector", spec.connector().word())
        .put("zmq_address", spec.zmqAddress())
        .put("origin", registration.origin().word())
        .put("engine_id", registration.engineId())
        .put("note", registration.note());
  }

  /**
   * Reads how a node came to be known.
   *
   * @throws IllegalArgumentException naming the member and what was expected
   */
  public static Registration readRegistration(JsonNode json) {
    NodeSpec spec = spec(json);
    String word = text(json, "origin");
    Origin origin =
        Arrays.stream(Origin.values())
            .filter(o -> o.word().equals(word))
            .findFirst()
            .orElseThrow(() -> expected("origin", word, "pinged, leased, discovered, static"));
    boolean withheld = Standing.WITHHELD.word().equals(optionalText(json, "standing"));
    return new Registration(
        spec,
        origin,
        optionalText(json, "engine_id"),
        optionalText(json, "note"),
        withheld ? Standing.WITHHELD : Standing.OFFERED);
  }

  private static NodeSpec spec(JsonNode json) {
    return new NodeSpec(
        new NodeId(text(json, "id")),
        role(text(json, "role")),
        NodeSpec.parseUrl("url", text(json, "url")),
        connector(text(json, "connector")),
        optionalText(json, "zmq_address"));
  }

  /** Parses a text that others wrote; a syntax error is an {@link IllegalArgumentException}. */
  public static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("body: no JSON (expected: a JSON object)", e);
    }
  }

  /**
   * The array under that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static JsonNode array(JsonNode json, String name) {
    JsonNode value = json.path(name);
    if (!value.isArray()) {
      throw expected(name, value.toString(), "an array");
    }
    return value;
  }

  /**
   * The role of that name.
   *
   * @throws IllegalArgumentException naming the roles there are
   */
  public static Role role(String word) {
    return Arrays.stream(Role.values())
        .filter(r -> r.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                expected(
                    "role",
                    word,
                    Arrays.stream(Role.values())
                        .map(Role::word)
                        .collect(Collectors.joining(", "))));
  }

  /**
   * The connector of that name.
   *
   * @throws IllegalArgumentException naming the connectors there are
   */
  public static Connector connector(String word) {
    return Connectors.named(word)
        .orElseThrow(() -> expected("connector", word, Connectors.words()));
  }

  private static NodeState state(String word) {
    return Arrays.stream(NodeState.values())
        .filter(s -> s.word().equals(word))
        .findFirst()
        .orElseThrow(() -> expected("state", word, "joining, ready, suspect, draining, gone"));
  }

  private static List<String> models(JsonNode json) {
    List<String> models = new ArrayList<>();
    json.forEach(model -> models.add(model.asString("")));
    return models;
  }

  private static @Nullable NodeLoad readLoad(JsonNode json) {
    if (!json.isObject()) {
      return null;
    }
    return new NodeLoad(
        json.path("running").asInt(0),
        json.path("waiting").asInt(0),
        json.path("kv_usage").asDouble(0),
        json.path("prefix_query_tokens").asLong(0),
        json.path("prefix_hit_tokens").asLong(0),
        instant(text(json, "at")));
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw expected("at", text, "a time such as 2026-01-01T00:00:00Z");
    }
  }

  private static String text(JsonNode json, String name) {
    JsonNode value = json.path(name);
    if (!value.isString()) {
      throw expected(name, value.toString(), "a string");
    }
    return value.asString();
  }

  private static @Nullable String optionalText(JsonNode json, String name) {
    JsonNode value = json.path(name);
    return value.isString() ? value.asString() : null;
  }

  private static IllegalArgumentException expected(String name, String found, String expected) {
    String shown = found.length() > 80 ? found.substring(0, 80) + "…" : found;
    return new IllegalArgumentException(
        "%s: \"%s\" (expected: %s)".formatted(name, shown, expected));
  }
}
