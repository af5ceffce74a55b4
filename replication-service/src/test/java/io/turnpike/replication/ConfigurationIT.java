package io.turnpike.replication;

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
        "turnpike.bogus=1 | turnpike.bogus: unknown key | expected: a key under",
        "turnpike.redis.urll=x | turnpike.redis.urll: unknown key | expected: one of url",
        "turnpike.cluster.replica-urls=nowhere | turnpike.cluster.replica-urls: \"nowhere\" |"
            + " http://",
        "turnpike.redis.url=nonsense | turnpike.redis.url: \"nonsense\" | redis://host:port",
        "turnpike.limits.turns=many | turnpike.limits.turns: \"many\" | a whole number"
      })
  void mistake_endsTheStart_withOneLine(
      String property, String begin, String expected, CapturedOutput output) {
    assertThatThrownBy(
            () -> {
              try (RunningGateway started =
                  RunningGateway.start(ReplicationApplication.class, property)) {
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
  void process_endsWithAnExitCode_andThatLineAlone() throws Exception {
    ServiceProcess.Ended ended =
        ServiceProcess.run(
            ReplicationApplication.class,
            "--server.port=0",
            "--management.server.port=0",
            "--turnpike.redis.url=nonsense");
    assertThat(ended.exitCode()).isEqualTo(1);
    assertThat(ended.output().lines())
        .singleElement()
        .asString()
        .startsWith("cannot start: turnpike.redis.url: \"nonsense\" (expected: redis://host:port");
  }
}
