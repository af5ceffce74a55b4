package io.turnpike.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnpike.fixtures.gateway.ServiceProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A mistake in the configuration ends the start with one line that names the key. */
@ExtendWith(OutputCaptureExtension.class)
class ConfigurationIT {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "turnpike.registry.bogus=1 | turnpike.registry.bogus: unknown key | expected: one of",
        "turnpike.registry.admin-token=x | turnpike.registry.admin-token: an old name |"
            + " turnpike.registry.admin-key",
        "turnpike.bogus=1 | turnpike.bogus: unknown key | expected: a key under",
        "turnpike.registry.nodes[0].rle=x | turnpike.registry.nodes[0].rle: unknown key | id, role",
        "turnpike.registry.nodes[0].role=boss | turnpike.registry.nodes[0].role: \"boss\" |"
            + " replica",
        "turnpike.registry.nodes[0].url=http://a:1 | turnpike.registry.nodes[0].role: missing | a"
            + " value",
        "turnpike.registry.lease=soon | turnpike.registry.lease: \"soon\" | expected: a time",
        "turnpike.registry.namespace=a:b | turnpike.registry.namespace: a:b | must match",
        "turnpike.registry.max-nodes=0 | turnpike.registry.max-nodes: 0 | greater than or equal to"
            + " 1",
        "turnpike.registry.max-nodes=many | turnpike.registry.max-nodes: \"many\" | a whole number",
        "turnpike.registry.ping-gone=1s | turnpike.registry.ping-gone: 1000ms | at least 10000ms",
        "turnpike.registry.allow=10.0.0.0/99 | turnpike.registry.allow[0]: | 10.0.0.0/8",
        "turnpike.registry.zmq-bind=tcp://0.0.0.0:1 | turnpike.registry.zmq-bind: | .allow set",
        "turnpike.registry.zmq-bind=here | turnpike.registry.zmq-bind: | tcp://address:port",
        "turnpike.redis.url=nonsense | turnpike.redis.url: \"nonsense\" | redis://host:port"
      })
  void mistake_endsTheStart_withOneLine(
      String property, String begin, String expected, CapturedOutput output) {
    assertThatThrownBy(() -> RunningRegistry.start("--" + property)).isInstanceOf(Exception.class);
    assertThat(output.getErr().lines().filter(line -> line.startsWith("cannot start: ")))
        .singleElement()
        .asString()
        .startsWith("cannot start: " + begin)
        .contains(expected);
    assertThat(output.getAll()).doesNotContain("\tat ");
  }

  @Test
  void process_endsWithAnExitCode_andThatLineAlone() throws Exception {
    ServiceProcess.Ended ended =
        ServiceProcess.run(
            RegistryApplication.class,
            "--server.port=0",
            "--management.server.port=0",
            "--turnpike.registry.nodes[0].role=boss");
    assertThat(ended.exitCode()).isEqualTo(1);
    assertThat(ended.output().lines())
        .singleElement()
        .asString()
        .startsWith("cannot start: turnpike.registry.nodes[0].role: \"boss\" (expected: ");
  }
}
