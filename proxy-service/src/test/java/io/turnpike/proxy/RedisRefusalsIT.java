package io.turnpike.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.fixtures.gateway.Eventually;
import io.turnpike.fixtures.gateway.ScriptedEngine;
import io.turnpike.fixtures.gateway.Wire;
import io.turnpike.fixtures.redis.RedisProcess;
import io.turnpike.fixtures.running.RunningGateway;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A Redis that is not as it should be: turns go on, and the log says what it is, once. */
@ExtendWith(OutputCaptureExtension.class)
class RedisRefusalsIT {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "wrong password | requirepass right-secret | :wrong-secret@127.0.0.1:PORT | WRONGPASS",
        "nobody there | port 0 | 127.0.0.1:1 | Connection refused",
        "wrong host | port 0 | no-such-host.invalid:1 | no-such-host.invalid",
        "only a replica | replicaof 127.0.0.1 1 | 127.0.0.1:PORT | READONLY",
        "full | maxmemory 1 | 127.0.0.1:PORT | OOM",
        "command not allowed | user default on nopass ~* &* +@all -set | 127.0.0.1:PORT | NOPERM"
      })
  void trouble_isSaidOnce_andTurnsGoOn(
      String name, String setting, String address, String reason, CapturedOutput output) {
    RedisProcess redis = setting.equals("port 0") ? null : RedisProcess.start(setting);
    String there = address.replace("PORT", redis == null ? "" : "" + redis.port());
    try (redis;
        ScriptedEngine engine = ScriptedEngine.start("d", "tiny");
        RunningGateway proxy =
            RunningGateway.startReady(
                ProxyApplication.class,
                "turnpike.cluster.decode-urls=" + engine.listed(),
                "turnpike.redis.url=redis://" + there)) {
      for (int turn = 0; turn < 8; turn++) {
        assertThat(Wire.post(proxy.port(), OnePair.CHAT, OnePair.body("")).status())
            .as(name)
            .isEqualTo(200);
      }
      Eventually.until("it is said", () -> !lines(output, reason).isEmpty());
      assertThat(Wire.post(proxy.port(), OnePair.CHAT, OnePair.body("")).status()).isEqualTo(200);
      assertThat(Wire.get(proxy.port(), "/status").status()).isEqualTo(200);
      assertThat(lines(output, reason)).hasSize(1).first().asString().contains("WARN", "redis=");
      assertThat(output.getAll()).doesNotContain("-secret", "\tat ");
    }
  }

  private static List<String> lines(CapturedOutput output, String reason) {
    return output
        .getAll()
        .lines()
        .filter(line -> line.contains("\"" + reason) || line.contains(" " + reason))
        .filter(line -> line.contains("reason="))
        .toList();
  }
}
