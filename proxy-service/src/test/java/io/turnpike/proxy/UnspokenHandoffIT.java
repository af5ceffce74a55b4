package io.turnpike.proxy;

import static io.turnpike.fixtures.gateway.ScriptedEngine.ANSWER;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.fixtures.gateway.ScriptedEngine;
import io.turnpike.fixtures.gateway.Wire;
import io.turnpike.fixtures.gateway.Wire.Answer;
import io.turnpike.fixtures.running.RunningGateway;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Engines whose handoff is not spoken here: listed with connector none, as MoRIIO's are. */
class UnspokenHandoffIT {

  private static final String BODY =
      "{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";

  @Test
  void pair_isNeverMade_theDecodeEngineAnswersAlone_andTheReasonIsTold() {
    try (ScriptedEngine p = ScriptedEngine.start("p", "tiny");
        ScriptedEngine d = ScriptedEngine.start("d", "tiny");
        RunningGateway proxy =
            proxy(
                "turnpike.cluster.prefill-urls=" + p.listed(),
                "turnpike.cluster.decode-urls=" + d.listed())) {
      Answer answer = Wire.post(proxy.port(), OnePair.CHAT, BODY);
      assertThat(answer.body()).isEqualTo(ANSWER);
      assertThat(answer.header("x-turnpike-route")).isEqualTo("decode-direct");
      assertThat(answer.header("x-turnpike-reason")).isEqualTo("no-prefill");
      assertThat(p.seen()).isEmpty();
      assertThat(d.last().body()).doesNotContain("kv_transfer_params");
      Answer ready = Wire.get(proxy.managementPort(), "/actuator/health/readiness");
      assertThat(ready.status()).isEqualTo(503);
      assertThat(ready.body()).contains("of the same connector", "none");
    }
  }

  @Test
  void prefillEnginesAlone_are503_withTheReason() {
    try (ScriptedEngine p = ScriptedEngine.start("p", "tiny");
        RunningGateway proxy = proxy("turnpike.cluster.prefill-urls=" + p.listed())) {
      Answer answer = Wire.post(proxy.port(), OnePair.CHAT, BODY);
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.header("retry-after")).isNotEmpty();
      assertThat(answer.body()).contains("\"no_decode_node\"", "No decode node is ready");
    }
  }

  private static RunningGateway proxy(String... properties) {
    String[] all = Arrays.copyOf(properties, properties.length + 1);
    all[properties.length] = "turnpike.cluster.connector=none";
    return RunningGateway.startReady(ProxyApplication.class, all);
  }
}
