package io.turnpike.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.resolver.DefaultAddressResolverGroup;
import io.turnpike.engine.http.ConnectionLimits;
import io.turnpike.engine.http.EngineClients;
import io.turnpike.engine.http.EngineSockets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LoopWatchTest {

  private static final ConnectionLimits LIMITS =
      new ConnectionLimits(
          1, 1, Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1));

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final AtomicLong now = new AtomicLong();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final LoopWatch watch =
      new LoopWatch(
          channel.eventLoop(),
          new EngineClients(
              new EngineSockets(_ -> channel, DefaultAddressResolverGroup.INSTANCE),
              new EngineClients.Terms(
                  LIMITS,
                  null,
                  () -> {
                    throw new AssertionError("no TLS here");
                  }),
              now::get),
          meters,
          now::get);

  private void secondPasses(Duration late) {
    now.addAndGet(Duration.ofSeconds(1).plus(late).toNanos());
    channel.advanceTimeBy(1, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
  }

  @Test
  void aLoop_isAskedOnceASecond_howLateItIs() {
    secondPasses(Duration.ofMillis(250));
    secondPasses(Duration.ZERO);

    Timer delay = meters.get("turnpike.loop.delay").timer();
    assertThat(delay.count()).isEqualTo(2);
    assertThat(delay.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(250);
  }

  @Test
  void connections_areCountedByState_fromTheStart() {
    for (String state : new String[] {"busy", "idle"}) {
      assertThat(meters.get("turnpike.engine.connections").tag("state", state).gauge().value())
          .isZero();
    }
    assertThat(meters.get("turnpike.legs.waiting").gauge().value()).isZero();
  }

  @Test
  void closed_itLooksNoMore() {
    secondPasses(Duration.ZERO);
    watch.close();
    secondPasses(Duration.ZERO); // the look that was due
    secondPasses(Duration.ZERO);

    assertThat(meters.get("turnpike.loop.delay").timer().count()).isEqualTo(2);
  }
}
