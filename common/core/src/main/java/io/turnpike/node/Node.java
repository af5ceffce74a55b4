package io.turnpike.node;

import java.net.URI;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One engine as everybody knows it at one moment.
 *
 * @param id its name
 * @param role what it does
 * @param url where its HTTP server listens: scheme, host and port, no path
 * @param connector how it hands KV over
 * @param state whether it gets turns
 * @param epoch which life of the engine process this is
 * @param models names that {@code /v1/models} listed, in its order; empty: not known yet
 * @param zmqAddress {@code host:port} of a p2p-nccl engine's own socket; null for other connectors
 * @param version what {@code /version} said, or null
 * @param load its latest own metrics, or null
 * @param suspicion why it is suspect, or that a draining node's port is closed; null otherwise, and
 *     where nobody knows
 */
public record Node(
    NodeId id,
    Role role,
    URI url,
    Connector connector,
    NodeState state,
    Epoch epoch,
    List<String> models,
    @Nullable String zmqAddress,
    @Nullable String version,
    @Nullable NodeLoad load,
    @Nullable Suspicion suspicion) {

  public Node {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(role, "role");
    Objects.requireNonNull(url, "url");
    Objects.requireNonNull(connector, "connector");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(epoch, "epoch");
    models = List.copyOf(models);
  }

  /** One about which nothing is suspected. */
  public Node(
      NodeId id,
      Role role,
      URI url,
      Connector connector,
      NodeState state,
      Epoch epoch,
      List<String> models,
      @Nullable String zmqAddress,
      @Nullable String version,
      @Nullable NodeLoad load) {
    this(id, role, url, connector, state, epoch, models, zmqAddress, version, load, null);
  }

  /** Whether it gets new turns. */
  public boolean isReady() {
    return state == NodeState.READY;
  }

  /** Whether it serves that model; true while its models are not known, or none is asked for. */
  public boolean serves(@Nullable String model) {
    return model == null || models.isEmpty() || models.contains(model);
  }

  /** Whether this node can compute a prompt and hand its KV to that other one. */
  public boolean pairsWith(Node decode) {
    return !id.equals(decode.id) && connector.pairs(this, decode);
  }
}
