package io.turnpike.bench.cli.option;

import io.turnpike.bench.client.EndpointOptions;
import io.turnpike.bench.run.ModeSwitch;
import java.net.URI;
import picocli.CommandLine.Option;

/** Options of commands that measure several modes. */
public final class SwitchOptions {

  @Option(
      names = "--replication-url",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:10002",
      description = "For mode replication. Default: ${DEFAULT-VALUE}.")
  private URI replicationUrl = URI.create("http://127.0.0.1:10002");

  @Option(
      names = "--no-switch",
      description = "Do not switch modes: the server has no such endpoint.")
  private boolean noSwitch;

  /** Where mode replication is. */
  public URI replicationUrl() {
    return replicationUrl;
  }

  /** The gateways of the modes. */
  public ModeSwitch servers(EndpointOptions proxy) {
    return new ModeSwitch(proxy, replicationUrl, !noSwitch);
  }
}
