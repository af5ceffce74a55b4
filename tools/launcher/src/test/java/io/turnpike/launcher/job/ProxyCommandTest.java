package io.turnpike.launcher.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.node.Role;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProxyCommandTest {

  /** Twelve prefill workers from 8101 on, and one decode worker. */
  private static ProxyCommand.@Nullable Address worker(Role role, int n) {
    return switch (role) {
      case PREFILL ->
          n >= 1 && n <= 12 ? new ProxyCommand.Address("10.0.0." + n, "81%02d".formatted(n)) : null;
      case DECODE -> n == 1 ? new ProxyCommand.Address("d", "8200") : null;
      case REPLICA, ANY -> null;
    };
  }

  @Test
  void placeholders_areReplaced_withAndWithoutBraces_andNotByTheirBeginnings() {
    ProxyCommand command =
        new ProxyCommand(
            "p --port {PORT} $PREFILL_HOST_1:$PREFILL_PORT_12 ${PREFILL_URL_12}"
                + " '$DECODE_URL_1/v1'");

    assertThat(command.words(8021, ProxyCommandTest::worker))
        .containsExactly(
            "p", "--port", "8021", "10.0.0.1:8112", "http://10.0.0.12:8112", "http://d:8200/v1");
    assertThat(command.unknown(ProxyCommandTest::worker)).isEmpty();
  }

  @Test
  void placeholdersOfWorkersThatThereAreNot_areNamed_andOtherDollarsStay() {
    ProxyCommand command =
        new ProxyCommand("p $PREFILL_URL_13 ${REPLICA_PORT_1} $HOME $DECODE_URL");

    assertThat(command.unknown(ProxyCommandTest::worker))
        .containsExactly("$PREFILL_URL_13", "${REPLICA_PORT_1}");
    assertThat(command.words(1, ProxyCommandTest::worker)).contains("$HOME", "$DECODE_URL");
  }
}
