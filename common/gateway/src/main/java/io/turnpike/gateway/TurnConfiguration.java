package io.turnpike.gateway;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.turnpike.admission.Admission;
import io.turnpike.caller.Callers;
import io.turnpike.configuration.StartRefused;
import io.turnpike.conversation.Conversations;
import io.turnpike.conversation.SessionKeySources;
import io.turnpike.gateway.TurnReader.Chance;
import io.turnpike.gateway.http.BodyMemory;
import io.turnpike.gateway.http.ClientLimits;
import io.turnpike.gateway.http.TurnServer;
import io.turnpike.membership.ClusterSource;
import io.turnpike.receipt.Receipts;
import io.turnpike.trace.TurnTracing;
import io.turnpike.turn.Event.IfCut;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.unit.DataSize;

/** The way of a turn: where it comes in, and what drives it. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({TurnSettings.class, CrossOriginSettings.class})
class TurnConfiguration {

  private static final LongSupplier TICKER = System::nanoTime;

  /** Big bodies that wait to be read; more are answered 429. */
  private static final int MAX_WAITING_BODIES = 64;

  @Bean
  LiveTurns liveTurns() {
    return new LiveTurns(TICKER);
  }

  @Bean
  CrossOrigin crossOriginOfTurns(CrossOriginSettings settings) {
    return new CrossOrigin(settings.origins());
  }

  @Bean
  TurnRefusals turnRefusals(Receipts receipts, CrossOrigin crossOrigin) {
    return new TurnRefusals(receipts, crossOrigin, Clock.systemUTC());
  }

  /** Reads what would hold a loop up; half of the cores, so that loops keep theirs. */
  @Bean(destroyMethod = "shutdownNow")
  ExecutorService bigBodies() {
    int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING_BODIES),
            Thread.ofPlatform().name("turnpike-bodies-", 1).daemon().factory());
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  @Bean
  TurnReader turnReader(GatewaySettings settings, TurnRouting routing, ExecutorService bigBodies) {
    return new TurnReader(
        settings,
        sessionKeys(settings),
        routing,
        bigBodies,
        new Chance(new PerThreadRandom(), Clock.systemUTC()));
  }

  private static SessionKeySources sessionKeys(GatewaySettings settings) {
    try {
      return new SessionKeySources(settings.sessionKeys());
    } catch (IllegalArgumentException wrong) {
      throw new StartRefused("turnpike.gateway.session-keys: " + wrong.getMessage());
    }
  }

  @Bean
  TurnParts turnParts(
      Callers callers,
      TurnReader reader,
      Admission admission,
      TurnRefusals refusals,
      CrossOrigin crossOrigin,
      Conversations conversations,
      Receipts receipts,
      EnginesOfTurns engines,
      ClusterSource clusters,
      LiveTurns live,
      TurnTracing tracing,
      GatewaySettings gateway,
      TurnSettings settings) {
    return new TurnParts(
        callers,
        admission,
        refusals,
        crossOrigin,
        reader,
        conversations,
        engines,
        new NodeNews(engines.health(), clusters, live),
        new GatewayWorld(clusters, engines.load(), engines.health(), engines.signs(), TICKER),
        live,
        receipts,
        tracing,
        settings.rules(),
        gateway.resume() ? IfCut.GO_ON : IfCut.TELL,
        new PerThreadRandom(),
        TICKER);
  }

  @Bean
  BodyMemory bodyMemory(GatewaySettings settings) {
    DataSize most = settings.maxBodyMemory();
    long quarter = Runtime.getRuntime().maxMemory() / 4;
    return new BodyMemory(most == null ? quarter : most.toBytes(), settings.maxUploads());
  }

  @Bean
  MeterBinder bodyMetrics(BodyMemory memory) {
    return registry -> {
      Gauge.builder("turnpike.bodies", memory, BodyMemory::neededBytes)
          .baseUnit(BaseUnits.BYTES)
          .register(registry);
      Gauge.builder("turnpike.bodies.kept", memory, BodyMemory::keptBytes)
          .baseUnit(BaseUnits.BYTES)
          .register(registry);
      Gauge.builder("turnpike.bodies.limit", memory, BodyMemory::maxBytes)
          .baseUnit(BaseUnits.BYTES)
          .register(registry);
      Gauge.builder("turnpike.uploads", memory, BodyMemory::uploads).register(registry);
      FunctionCounter.builder("turnpike.bodies.given.up", memory, BodyMemory::givenUp)
          .register(registry);
    };
  }

  @Bean
  TurnServer turnServer(TurnParts parts, GatewaySettings settings, BodyMemory memory) {
    int maxBody = Math.toIntExact(settings.maxBody().toBytes());
    ClientLimits limits = ClientLimits.ofBody(maxBody);
    return new TurnServer(new TurnServing(parts), limits, memory, TICKER);
  }

  @Bean
  GracefulEnd gracefulEnd(Admission admission, GatewaySettings settings) {
    long delay = settings.shutdownDelay().toNanos();
    return new GracefulEnd(
        admission,
        delay <= 0
            ? Runnable::run
            : CompletableFuture.delayedExecutor(delay, TimeUnit.NANOSECONDS));
  }

  /** Draws from the calling thread's own generator. */
  private static final class PerThreadRandom implements RandomGenerator {
    @Override
    public long nextLong() {
      return ThreadLocalRandom.current().nextLong();
    }
  }
}
