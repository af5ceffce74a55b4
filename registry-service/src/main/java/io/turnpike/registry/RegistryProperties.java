package io.turnpike.registry;

import io.turnpike.configuration.StartRefused;
import io.turnpike.connector.Connectors;
import io.turnpike.membership.MembershipRules;
import io.turnpike.membership.NodeCodec;
import io.turnpike.membership.NodeSpec;
import io.turnpike.node.Connector;
import io.turnpike.node.NodeId;
import io.turnpike.node.Role;
import io.turnpike.registry.kubernetes.PodSettings;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The registry's settings; {@code application.yml} explains each.
 *
 * @param zmqBind where the socket listens that engines ping; an address that is not loopback needs
 *     {@code allow}
 * @param pingsPerSecond packets a second taken from one peer address
 * @param maxPeers connections of engines to that socket at once; one address may have a quarter
 * @param allow addresses that engines may announce; empty: loopback
 * @param adminKey what writes have to show; empty: writes from this machine need nothing
 * @param namespace under which the mirror of the table is kept in Redis; the same for all
 *     registries of a suite and its gateways
 * @param nodes nodes that are always listed
 * @param peers HTTP addresses of the other registries; its own may stand among them
 * @param kubernetes which pods are watched for engines
 * @param pingSuspect see {@link MembershipRules}
 * @param pingGone see {@link MembershipRules}
 * @param lease see {@link MembershipRules}
 * @param probeInterval see {@link MembershipRules}
 * @param maxNodes see {@link MembershipRules}
 */
@Validated
@ConfigurationProperties("turnpike.registry")
record RegistryProperties(
    @DefaultValue("tcp://127.0.0.1:30001") String zmqBind,
    @DefaultValue("200") @Min(1) int pingsPerSecond,
    @DefaultValue("4096") @Min(4) int maxPeers,
    @DefaultValue List<String> allow,
    @DefaultValue("") String adminKey,
    @DefaultValue("registry") @Pattern(regexp = "[A-Za-z0-9._-]{1,64}") String namespace,
    @DefaultValue List<StaticNode> nodes,
    @DefaultValue List<URI> peers,
    @DefaultValue @Valid PodSettings kubernetes,
    @DefaultValue("10s") Duration pingSuspect,
    @DefaultValue("30s") Duration pingGone,
    @DefaultValue("15s") Duration lease,
    @DefaultValue("1s") Duration probeInterval,
    @DefaultValue("1024") @Min(1) @Max(4096) int maxNodes) {

  static final String PREFIX = "turnpike.registry";

  RegistryProperties {
    for (URI peer : peers) {
      if (peer.getRawAuthority() == null || !List.of("http", "https").contains(peer.getScheme())) {
        throw StartRefused.property(
            PREFIX + ".peers", "\"" + peer + "\"", "http://host:port, several by commas");
      }
    }
    atLeast("ping-suspect", pingSuspect, Duration.ofMillis(100));
    atLeast("ping-gone", pingGone, pingSuspect);
    atLeast("lease", lease, Duration.ofMillis(100));
    atLeast("probe-interval", probeInterval, Duration.ofMillis(100));
  }

  /**
   * A node out of the list.
   *
   * @param id its name; {@code host:port} of the url if absent
   * @param role prefill, decode, replica or any
   * @param url its HTTP address
   * @param connector its connector; nixl if absent, none for a replica
   * @param zmqAddress {@code host:port} of a p2p-nccl engine's socket
   */
  record StaticNode(
      @Nullable String id,
      @Nullable String role,
      @Nullable String url,
      @Nullable String connector,
      @Nullable String zmqAddress) {

    NodeSpec spec(String key) {
      try {
        Role its = NodeCodec.role(required(key, "role", role));
        URI address = NodeSpec.parseUrl("url", required(key, "url", url));
        NodeId name = new NodeId(id == null ? address.getAuthority() : id);
        Connector how =
            connector != null
                ? NodeCodec.connector(connector)
                : its == Role.REPLICA ? Connectors.NONE : Connectors.NIXL;
        if (how.needsZmqAddress()) {
          required(key, "zmq-address", zmqAddress);
        }
        String socket =
            zmqAddress == null ? null : NodeSpec.parseZmqAddress("zmq-address", zmqAddress);
        return new NodeSpec(name, its, address, how, socket);
      } catch (IllegalArgumentException e) {
        throw new StartRefused(key + "." + e.getMessage());
      }
    }

    private static String required(String key, String name, @Nullable String value) {
      if (value == null || value.isBlank()) {
        throw StartRefused.property(key + "." + name, "missing", "a value");
      }
      return value;
    }
  }

  /**
   * The listed nodes.
   *
   * @throws StartRefused naming the entry that is wrong
   */
  List<NodeSpec> nodeSpecs() {
    List<NodeSpec> specs = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      NodeSpec spec = nodes.get(i).spec("%s.nodes[%d]".formatted(PREFIX, i));
      if (specs.stream().anyMatch(other -> other.id().equals(spec.id()))) {
        throw StartRefused.property(
            "%s.nodes[%d].id".formatted(PREFIX, i),
            '"' + spec.id().value() + "\" is listed twice",
            "each node once");
      }
      specs.add(spec);
    }
    return specs;
  }

  MembershipRules rules() {
    MembershipRules defaults = MembershipRules.DEFAULTS;
    return new MembershipRules(
        pingSuspect,
        pingGone,
        lease,
        probeInterval,
        defaults.modelsEvery(),
        defaults.timeoutsToSuspect(),
        maxNodes,
        defaults.lives());
  }

  private static void atLeast(String name, Duration value, Duration least) {
    if (value.compareTo(least) < 0) {
      throw StartRefused.property(
          PREFIX + "." + name, value.toMillis() + "ms", "at least " + least.toMillis() + "ms");
    }
  }
}
