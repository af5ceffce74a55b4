package io.turnpike.simulator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.turnpike.connector.Connectors;
import io.turnpike.node.Role;
import io.turnpike.simulator.connector.NixlConnector.LoadFailurePolicy;
import io.turnpike.simulator.generation.Endings;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** How an engine is set up, by program and by command line, and what is refused. */
class SimulatorOptionsTest {

  @Test
  void aProgramStartsFromAReplicaThatAnswersAtOnce() {
    SimulatorOptions options = SimulatorOptions.DEFAULT;
    assertThat(options.role()).isEqualTo(Role.REPLICA);
    assertThat(options.port()).isZero();
    assertThat(options.speed()).isZero();
    assertThat(options.onTerminate()).isEqualTo(Endings.Kind.ERROR);
    assertThat(options.shutdownTimeout()).isZero();
  }

  @Test
  void aChange_givesACopy() {
    SimulatorOptions other = SimulatorOptions.DEFAULT.withModel("demo").withRole(Role.DECODE);
    assertThat(other.model()).isEqualTo("demo");
    assertThat(other.role()).isEqualTo(Role.DECODE);
    assertThat(SimulatorOptions.DEFAULT.model()).isEqualTo("simulated");
  }

  @Test
  void aCommandLine_hasItsOwnDefaults() {
    SimulatorOptions options = parse();
    assertThat(options.port()).isEqualTo(8000);
    assertThat(options.speed()).isEqualTo(1);
    assertThat(options.connector()).isEqualTo(Connectors.NIXL);
    assertThat(options.lease()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void aCommandLine_sets() {
    SimulatorOptions options =
        parse(
            "--role=prefill",
            "--connector=p2p-nccl",
            "--lease=500ms",
            "--kv-load-failure-policy=recompute",
            "--shutdown-timeout=20",
            "--on-terminate=drawn",
            "--terminate-seed=9");
    assertThat(options.role()).isEqualTo(Role.PREFILL);
    assertThat(options.connector()).isEqualTo(Connectors.P2P_NCCL);
    assertThat(options.lease()).isEqualTo(Duration.ofMillis(500));
    assertThat(options.policy()).isEqualTo(LoadFailurePolicy.RECOMPUTE);
    assertThat(options.shutdownTimeout()).isEqualTo(Duration.ofSeconds(20));
    assertThat(options.onTerminate()).isEqualTo(Endings.Kind.DRAWN);
    assertThat(options.terminateSeed()).isEqualTo(9);
  }

  @Test
  void anUnknownConnector_isRefused_withTheKnownOnes() {
    assertThatThrownBy(() -> parse("--connector=NIXLConnector"))
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining("NIXLConnector (expected: one of " + Connectors.words() + ")");
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        Arguments.of("port: 70000 (expected: 0 to 65535)", new String[] {"--port=70000"}),
        Arguments.of("speed: -1.0 (expected: 0 or more)", new String[] {"--speed=-1"}),
        Arguments.of(
            "max-model-len: 15 (expected: 16 or more)", new String[] {"--max-model-len=15"}),
        Arguments.of(
            "shutdown-timeout: -1 (expected: 0 or more)", new String[] {"--shutdown-timeout=-1"}),
        Arguments.of(
            "registry: replicas do not ping (expected: role prefill or decode)",
            new String[] {"--registry=tcp://127.0.0.1:1"}));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void aMistake_namesOptionValueAndExpectation(String message, String[] arguments) {
    assertThatThrownBy(() -> parse(arguments).check())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void aModelLongerThanTheKvMemory_isRefused() {
    SimulatorOptions options = SimulatorOptions.DEFAULT.withKvTokens(1_000).withMaxModelLen(1_001);
    assertThatThrownBy(() -> SimulatedEngine.profile(options))
        .hasMessage("max-model-len: 1001 (expected: at most 1000, what kv-tokens holds)");
  }

  @ParameterizedTest
  @CsvSource({"500ms,PT0.5S", "30s,PT30S", "2m,PT2M"})
  void durations_haveUnits(String text, Duration duration) {
    assertThat(new Durations().convert(text)).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(strings = {"30", "s", "1h", "-1s", "1.5s"})
  void durationsWithout_areRefused(String text) {
    assertThatThrownBy(() -> new Durations().convert(text))
        .isInstanceOf(TypeConversionException.class)
        .hasMessage(text + " (expected: for example 500ms, 30s or 2m)");
  }

  private static SimulatorOptions parse(String... arguments) {
    SimulatorOptions options = new SimulatorOptions();
    new CommandLine(
            CommandLine.Model.CommandSpec.create()
                .addMixin("options", CommandLine.Model.CommandSpec.forAnnotatedObject(options)))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs(arguments);
    return options;
  }
}
