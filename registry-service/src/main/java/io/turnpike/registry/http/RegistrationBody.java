package io.turnpike.registry.http;

import io.turnpike.connector.Connectors;
import io.turnpike.membership.NodeCodec;
import io.turnpike.membership.NodeSpec;
import io.turnpike.membership.Registration;
import io.turnpike.membership.Registration.Origin;
import io.turnpike.node.Connector;
import io.turnpike.node.NodeId;
import io.turnpike.node.Role;
import io.turnpike.registry.address.AllowedAddresses;
import java.net.URI;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads what {@code PUT /v1/nodes/{id}} was sent. Faults are 400s that name the field. */
final class RegistrationBody {

  private static final Set<String> FIELDS =
      Set.of("role", "url", "connector", "zmq_address", "engine_id");

  private final AllowedAddresses allowed;

  RegistrationBody(AllowedAddresses allowed) {
    this.allowed = allowed;
  }

  Registration read(NodeId id, String text) {
    JsonNode json = object(text);
    for (String name : json.propertyNames()) {
      if (!FIELDS.contains(name)) {
        throw RegistryErrors.invalid(
            "%s: unknown field (expected: role, url, connector, zmq_address, engine_id)"
                .formatted(name));
      }
    }
    Role role = NodeCodec.role(required(json, "role", "prefill, decode, replica or any"));
    URI url = NodeSpec.parseUrl("url", required(json, "url", "http://host:port"));
    allow("url", url.getHost());
    Connector connector = connector(role, optional(json, "connector"));
    String zmqAddress = zmqAddress(connector, optional(json, "zmq_address"));
    return new Registration(
        new NodeSpec(id, role, url, connector, zmqAddress),
        Origin.LEASED,
        optional(json, "engine_id"),
        null);
  }

  static JsonNode object(String text) {
    JsonNode json = NodeCodec.parse(text);
    if (!json.isObject()) {
      throw RegistryErrors.invalid("body: no JSON object (expected: a JSON object)");
    }
    return json;
  }

  static String required(JsonNode json, String name, String expected) {
    String value = optional(json, name);
    if (value == null) {
      throw RegistryErrors.invalid("%s: missing (expected: %s)".formatted(name, expected));
    }
    return value;
  }

  static @Nullable String optional(JsonNode json, String name) {
    JsonNode value = json.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isString()) {
      throw RegistryErrors.invalid("%s: not a string (expected: a string)".formatted(name));
    }
    return value.asString();
  }

  private static Connector connector(Role role, @Nullable String word) {
    if (word == null) {
      return role == Role.REPLICA ? Connectors.NONE : Connectors.NIXL;
    }
    return NodeCodec.connector(word);
  }

  private @Nullable String zmqAddress(Connector connector, @Nullable String text) {
    if (text == null) {
      if (connector.needsZmqAddress()) {
        throw RegistryErrors.invalid("zmq_address: missing (expected: host:port for p2p-nccl)");
      }
      return null;
    }
    String address = NodeSpec.parseZmqAddress("zmq_address", text);
    allow("zmq_address", URI.create("http://" + address).getHost());
    return address;
  }

  private void allow(String field, String host) {
    String refusal = allowed.refusal(host);
    if (refusal != null) {
      throw RegistryErrors.invalid(
          "%s: %s: %s (expected: an address that turnpike.registry.allow lists)"
              .formatted(field, host, refusal));
    }
  }
}
