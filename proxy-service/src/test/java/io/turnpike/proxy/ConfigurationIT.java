package io.turnpike.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnpike.fixtures.gateway.ServiceProcess;
import io.turnpike.fixtures.running.RunningGateway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A mistake in the configuration ends the start with one line: key, value, what was expected. */
@ExtendWith(OutputCaptureExtension.class)
class ConfigurationIT {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "turnpike.registry.token=x | turnpike.registry.token: an old name |"
            + " turnpike.registry.admin-key",
        "turnpike.bogus=1 | turnpike.bogus: unknown key | expected: a key under",
        "turnpike.proxy.mod=pd | turnpike.proxy.mod: unknown key | expected: one of mode",
        "turnpike.proxy.mode=fast | turnpike.proxy.mode: \"fast\" | ppd",
        "turnpike.proxy.mode-interval=soon | turnpike.proxy.mode-interval: \"soon\" | a time",
        "turnpike.cluster.connector=rdma | turnpike.cluster.connector: \"rdma\" | nixl",
        "turnpike.cluster.decode-urls=d=http://a:1;zmq=b:2 | turnpike.cluster.decode-urls:"
            + " \"d=http://a:1\" has ;zmq=b:2 | expected: id=url",
        "turnpike.cluster.decode-urls=nowhere | turnpike.cluster.decode-urls: \"nowhere\" |"
            + " http://",
        "turnpike.cluster.prefill-urls=ftp://a:1 | turnpike.cluster.prefill-urls: | http://",
        "turnpike.redis.url=nonsense | turnpike.redis.url: \"nonsense\" | redis://host:port",
        "turnpike.redis.patience=short | turnpike.redis.patience: \"short\" | a time",
        "turnpike.redis.namespace=a b | turnpike.redis.namespace: a b | expected: must match",
        "turnpike.registry.namespace=a:b | turnpike.registry.namespace: a:b | expected: must match",
        "turnpike.gateway.max-body=big | turnpike.gateway.max-body: \"big\" | expected:",
        "turnpike.limits.turns=many | turnpike.limits.turns: \"many\" | a whole number",
        "turnpike.gateway.session-keys=cookie:x | turnpike.gateway.session-keys: | header:",
        "turnpike.turn.silence=5 parsecs | turnpike.turn.silence: \"5 parsecs\" |" + " a time",
        "turnpike.registry.url=http://[ | turnpike.registry.url: \"http://[\" | expected:"
      })
  void mistake_endsTheStart_withOneLine(
      String property, String begin, String expected, CapturedOutput output) {
    assertThatThrownBy(
            () -> {
              try (RunningGateway started =
                  RunningGateway.start(ProxyApplication.class, property)) {
                throw new AssertionError("started on port " + started.port());
              }
            })
        .isInstanceOf(Exception.class);
    assertThat(output.getErr().lines().filter(line -> line.startsWith("cannot start: ")))
        .singleElement()
        .asString()
        .startsWith("cannot start: " + begin)
        .contains(expected);
    assertThat(output.getAll()).doesNotContain("\tat ");
  }

  @Test
  void p2pNccl_needsTheAddressOfEachSocket(CapturedOutput output) {
    assertThatThrownBy(
            () ->
                RunningGateway.start(
                        ProxyApplication.class,
                        "turnpike.cluster.connector=p2p-nccl",
                        "turnpike.cluster.prefill-urls=p=http://127.0.0.1:1;zmq=127.0.0.1:2",
                        "turnpike.cluster.decode-urls=d=http://127.0.0.1:3")
                    .close())
        .isInstanceOf(Exception.class);
    assertThat(output.getErr())
        .contains(
            "cannot start: turnpike.cluster.decode-urls: \"d=http://127.0.0.1:3\" has no zmq"
                + " address (expected: id=url;zmq=host:port for the connector p2p-nccl)");
  }

  @Test
  void process_endsWithAnExitCode_andThatLineAlone() throws Exception {
    ServiceProcess.Ended ended =
        ServiceProcess.run(
            ProxyApplication.class,
            "--server.port=0",
            "--management.server.port=0",
            "--turnpike.cluster.connector=rdma");
    assertThat(ended.exitCode()).isEqualTo(1);
    assertThat(ended.output().lines())
        .singleElement()
        .asString()
        .startsWith("cannot start: turnpike.cluster.connector: \"rdma\" (expected: nixl");
  }
}
