package io.turnpike.gateway;

import io.turnpike.membership.ClusterSource;
import io.turnpike.node.Cluster;
import io.turnpike.node.Node;
import io.turnpike.node.Role;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Ready when the cluster can serve a turn the way this service means to; says what is missing. */
public final class ClusterReadiness implements HealthIndicator {

  private static final String PAIR =
      "a ready prefill node and a ready decode node of the same connector (any but none) and"
          + " version, or a ready node of role any";

  private final ClusterSource clusters;
  private final Function<Cluster, List<Node>> answering;
  private final Function<Cluster, @Nullable String> missing;

  private ClusterReadiness(
      ClusterSource clusters,
      Function<Cluster, List<Node>> answering,
      Function<Cluster, @Nullable String> missing) {
    this.clusters = clusters;
    this.answering = answering;
    this.missing = missing;
  }

  /**
   * A prefill and a decode node that can be paired, or one that does both.
   *
   * @param asksReplicas whether turns go to replicas too at the moment, so that one is enough
   */
  public static ClusterReadiness pair(ClusterSource clusters, BooleanSupplier asksReplicas) {
    return new ClusterReadiness(
        clusters,
        cluster -> asksReplicas.getAsBoolean() ? decodesAndReplicas(cluster) : decodes(cluster),
        cluster -> {
          boolean replica = asksReplicas.getAsBoolean() && !cluster.ready(Role.REPLICA).isEmpty();
          boolean ready = replica || hasPair(cluster) || !cluster.ready(Role.ANY).isEmpty();
          return ready ? null : PAIR;
        });
  }

  private static List<Node> decodes(Cluster cluster) {
    return cluster.ready(Role.DECODE);
  }

  private static List<Node> decodesAndReplicas(Cluster cluster) {
    return Stream.concat(
            decodes(cluster).stream(),
            cluster.ready(Role.REPLICA).stream().filter(node -> node.role() == Role.REPLICA))
        .toList();
  }

  private static boolean hasPair(Cluster cluster) {
    return cluster.ready(Role.PREFILL).stream()
        .anyMatch(p -> cluster.ready(Role.DECODE).stream().anyMatch(p::pairsWith));
  }

  /** A replica, or a node that does a replica's work. */
  public static ClusterReadiness replica(ClusterSource clusters) {
    return new ClusterReadiness(
        clusters,
        cluster -> cluster.ready(Role.REPLICA),
        cluster -> cluster.ready(Role.REPLICA).isEmpty() ? "a ready replica" : null);
  }

  /** The nodes that answer this service's turns now. */
  List<Node> answering() {
    return answering.apply(clusters.current());
  }

  /** Whether a turn could be served the way this service means to. */
  boolean isReady() {
    return missing.apply(clusters.current()) == null;
  }

  @Override
  public Health health() {
    Cluster cluster = clusters.current();
    Health.Builder health = Health.up();
    String lacks = missing.apply(cluster);
    if (lacks != null) {
      health.outOfService().withDetail("missing", lacks);
    }
    String trouble = clusters.trouble();
    if (trouble != null) {
      health.withDetail("registry", trouble);
    }
    return health
        .withDetail("prefill", cluster.ready(Role.PREFILL).size())
        .withDetail("decode", cluster.ready(Role.DECODE).size())
        .withDetail("replica", cluster.ready(Role.REPLICA).size())
        .withDetail("any", cluster.ready(Role.ANY).size())
        .build();
  }
}
