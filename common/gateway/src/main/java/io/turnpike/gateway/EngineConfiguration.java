package io.turnpike.gateway;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.turnpike.configuration.EngineTls;
import io.turnpike.cost.AnswerLengths;
import io.turnpike.engine.EngineHealth;
import io.turnpike.engine.EngineSettings;
import io.turnpike.engine.NodeSigns;
import io.turnpike.engine.http.ConnectionLimits;
import io.turnpike.engine.http.EngineClients;
import io.turnpike.engine.http.EngineSockets;
import io.turnpike.membership.ClusterSource;
import io.turnpike.turn.InflightLoad;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.resources.LoopResources;

/** Engines as turns see them: connections on the turns' own loops, health, load, signs of life. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(EngineSettings.class)
class EngineConfiguration {

  /** An engine may come back elsewhere under the name it had, whatever its DNS says of it. */
  private static final int NAME_KEPT_SECONDS = 1;

  @Bean(destroyMethod = "close") // for a start that fails; else EndBeforeLoops was first
  EngineClients engineClients(
      EngineSettings settings, EngineTls tls, ReactorResourceFactory resources) {
    LoopResources loops = resources.getLoopResources();
    EventLoopGroup group = loops.onServer(LoopResources.DEFAULT_NATIVE);
    DnsNameResolverBuilder names =
        new DnsNameResolverBuilder()
            .ttl(0, NAME_KEPT_SECONDS)
            .datagramChannelFactory(() -> loops.onChannel(DatagramChannel.class, group.next()))
            .socketChannelFactory(() -> loops.onChannel(SocketChannel.class, group.next()));
    return new EngineClients(
        new EngineSockets(
            loop -> loops.onChannel(SocketChannel.class, loop), new DnsAddressResolverGroup(names)),
        new EngineClients.Terms(
            ConnectionLimits.shareOf(settings, Runtime.getRuntime().availableProcessors()),
            settings.apiKey(),
            tls),
        System::nanoTime);
  }

  @Bean
  EngineTls engineTls(SslBundles bundles, EngineSettings settings) {
    return EngineTls.of(bundles, settings.sslBundle());
  }

  @Bean
  AnswerLengths answerLengths() {
    return new AnswerLengths();
  }

  @Bean
  InflightLoad inflightLoad(AnswerLengths answers) {
    return new InflightLoad(answers, System::nanoTime);
  }

  @Bean
  EngineHealth engineHealth(EngineSettings settings) {
    return new EngineHealth(settings.patchedP2p(), System::nanoTime);
  }

  @Bean
  EnginesOfTurns enginesOfTurns(
      EngineClients clients, EngineSettings settings, EngineHealth health, InflightLoad load) {
    return new EnginesOfTurns(clients, settings, health, load, new NodeSigns());
  }

  @Bean(destroyMethod = "dispose")
  TableWatch tableWatch(
      EnginesOfTurns engines, ClusterSource clusters, LiveTurns live, MeterRegistry meters) {
    return new TableWatch(engines, clusters, live, new NodeMetrics(meters, engines.load()));
  }
}
