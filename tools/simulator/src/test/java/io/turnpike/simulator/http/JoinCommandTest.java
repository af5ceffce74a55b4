package io.turnpike.simulator.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.Writer;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class JoinCommandTest {

  private static CommandLine line() {
    return new CommandLine(new JoinCommand()).setCaseInsensitiveEnumValuesAllowed(true);
  }

  @Test
  void host_isTheMachinesOwn_unlessGiven() throws Exception {
    CommandLine line = line();
    String own = InetAddress.getLocalHost().getHostAddress();
    line.parseArgs("--registry-url", "http://r:10003", "--port", "8200");
    assertThat((String) line.getCommandSpec().findOption("--host").getValue()).isEqualTo(own);
    assertThat((int) line.getCommandSpec().findOption("--port").getValue()).isEqualTo(8200);
    assertThat((String) line.getCommandSpec().findOption("--profile").getValue()).isNotEmpty();
    line.parseArgs("--registry-url", "http://r:10003", "--host", "10.0.0.7");
    assertThat((String) line.getCommandSpec().findOption("--host").getValue())
        .isEqualTo("10.0.0.7");
  }

  @Test
  void withoutARegistry_orWithTwo_isAUsageError() {
    CommandLine line = line().setErr(new PrintWriter(Writer.nullWriter()));
    assertThat(line.execute("--port", "0")).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(line.execute("--registry-url", "http://r:1", "--registry", "tcp://r:2"))
        .isEqualTo(CommandLine.ExitCode.USAGE);
  }
}
