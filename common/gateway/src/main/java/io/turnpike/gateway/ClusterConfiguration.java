package io.turnpike.gateway;

import io.turnpike.configuration.EngineTls;
import io.turnpike.configuration.StartRefused;
import io.turnpike.connector.Connectors;
import io.turnpike.engine.EngineSettings;
import io.turnpike.gateway.ConversationConfiguration.RedisHolder;
import io.turnpike.membership.ClusterSource;
import io.turnpike.membership.EngineHttp;
import io.turnpike.membership.NodeSpec;
import io.turnpike.membership.RedisNodeMirror;
import io.turnpike.membership.RegistryClusterSource;
import io.turnpike.membership.StaticClusterSource;
import io.turnpike.node.Connector;
import io.turnpike.node.Role;
import io.turnpike.redis.RedisLink;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.Disposable;
import reactor.core.Disposables;

/** Where a gateway learns of nodes: the registry, or a list of its own. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ClusterSettings.class, RegistrySettings.class})
class ClusterConfiguration {

  @Bean(destroyMethod = "close")
  EngineHttp engineHttp(EngineSettings settings, EngineTls tls) {
    return new EngineHttp(settings.apiKey(), tls);
  }

  @Bean(destroyMethod = "close")
  ClusterSource clusterSource(
      ClusterSettings listed, RegistrySettings registry, RedisHolder redis, EngineHttp engines) {
    List<NodeSpec> nodes = nodes(listed); // a wrong connector is a mistake without nodes too
    if (listed.isEmpty()) {
      RedisLink link = redis.link();
      RedisNodeMirror mirror =
          link == null ? null : new RedisNodeMirror(link, registry.namespace());
      return RegistryClusterSource.start(
          new RegistryClusterSource.Settings(registry.url(), mirror, registry.adminKey()));
    }
    return StaticClusterSource.start(nodes, engines);
  }

  /** A list of its own is watched by this process, which logs what it sees. */
  @Bean(destroyMethod = "dispose")
  Disposable nodeLog(ClusterSource clusters, ClusterSettings listed) {
    if (!listed.isEmpty()) {
      return Disposables.disposed();
    }
    NodeLog log = new NodeLog();
    Disposable listening = clusters.onChange(log);
    log.accept(clusters.current());
    return listening;
  }

  private static List<NodeSpec> nodes(ClusterSettings listed) {
    Connector connector =
        Connectors.named(listed.connector())
            .orElseThrow(
                () ->
                    StartRefused.property(
                        "turnpike.cluster.connector",
                        "\"" + listed.connector() + "\"",
                        Connectors.words()));
    List<NodeSpec> nodes = new ArrayList<>();
    try {
      nodes.addAll(
          NodeSpec.parseList(
              "turnpike.cluster.prefill-urls", listed.prefillUrls(), Role.PREFILL, connector));
      nodes.addAll(
          NodeSpec.parseList(
              "turnpike.cluster.decode-urls", listed.decodeUrls(), Role.DECODE, connector));
      nodes.addAll(
          NodeSpec.parseList(
              "turnpike.cluster.replica-urls",
              listed.replicaUrls(),
              Role.REPLICA,
              Connectors.NONE));
      nodes.addAll(
          NodeSpec.parseList("turnpike.cluster.any-urls", listed.anyUrls(), Role.ANY, connector));
    } catch (IllegalArgumentException wrong) {
      throw new StartRefused(String.valueOf(wrong.getMessage()));
    }
    return nodes;
  }
}
