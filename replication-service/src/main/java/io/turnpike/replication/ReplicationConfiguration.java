package io.turnpike.replication;

import io.turnpike.control.ControlGuard;
import io.turnpike.conversation.Conversations;
import io.turnpike.gateway.ClusterReadiness;
import io.turnpike.gateway.LimitsWord;
import io.turnpike.gateway.TurnRouting;
import io.turnpike.gateway.TurnRouting.Choice;
import io.turnpike.gateway.TurnRouting.Recognise;
import io.turnpike.membership.ClusterSource;
import io.turnpike.receipt.Receipts;
import io.turnpike.routing.ReplicaPolicy;
import io.turnpike.turn.InflightLoad;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;

/** What makes a gateway the replication service. */
@Configuration(proxyBeanMethods = false)
class ReplicationConfiguration {

  /** The one way there is; a client's {@code X-Turnpike-Mode} means nothing here. */
  @Bean
  TurnRouting replicaRouting() {
    Choice choice = new Choice("replication", new ReplicaPolicy(), Recognise.FIRST);
    return wish -> choice;
  }

  @Bean
  RouterFunction<ServerResponse> replicationEndpoints(
      Receipts receipts,
      Conversations conversations,
      ClusterSource clusters,
      InflightLoad load,
      ControlGuard guard,
      LimitsWord limits) {
    return new ReplicationEndpoints(receipts, conversations, clusters, load).routes(guard, limits);
  }

  /** Ready: a replica. */
  @Bean
  ClusterReadiness replicaHealthIndicator(ClusterSource clusters) {
    return ClusterReadiness.replica(clusters);
  }
}
