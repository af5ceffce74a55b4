package io.turnpike.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.fixtures.gateway.LeakWatch;
import io.turnpike.fixtures.gateway.ScriptedEngine;
import io.turnpike.fixtures.gateway.SpanReceiver;
import io.turnpike.fixtures.gateway.SpanReceiver.Trace;
import io.turnpike.fixtures.gateway.Wire;
import io.turnpike.fixtures.running.RunningGateway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A turn on a replica leaves a trace too, and nothing of it depends on who takes its spans. */
@ExtendWith(LeakWatch.class)
class TracesIT {

  private static final String TURN =
      "{\"model\":\"tiny\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}";

  @Test
  void turn_isATrace_andGoesOnWhenNobodyTakesItsSpans() {
    SpanReceiver collector = new SpanReceiver();
    try (ScriptedEngine engine = ScriptedEngine.start("r", "tiny");
        RunningGateway service =
            RunningGateway.startReady(
                ReplicationApplication.class,
                "turnpike.cluster.replica-urls=" + engine.listed(),
                "management.opentelemetry.tracing.export.otlp.endpoint=" + collector.url(),
                "management.opentelemetry.tracing.export.schedule-delay=20ms",
                "management.opentelemetry.tracing.export.otlp.timeout=300ms",
                "management.tracing.sampling.probability=1")) {
      Wire.post(service.port(), TwoReplicas.CHAT, TURN.formatted("One"));
      String told = engine.last().headers().get("traceparent");
      Trace spans = collector.trace(told.substring(3, 35), "chat tiny");
      assertThat(spans.names())
          .containsExactlyInAnyOrder(
              "chat tiny", "admit", "recognise", "decide", "replica", "stream");
      assertThat(told).contains("-" + spans.named("replica").id() + "-0");
      assertThat(spans.named("chat tiny").service()).isEqualTo("replication");
      assertThat(spans.named("chat tiny").parent()).isEmpty();
      assertThat(spans.named("chat tiny").attributes()).containsEntry("turnpike.route", "replica");

      collector.close();
      for (int i = 0; i < 8; i++) {
        String more = TURN.formatted("More " + i);
        assertThat(Wire.post(service.port(), TwoReplicas.CHAT, more).status()).isEqualTo(200);
      }
    } finally {
      collector.close();
    }
  }
}
