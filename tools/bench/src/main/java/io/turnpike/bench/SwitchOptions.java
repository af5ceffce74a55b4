package io.turnpike.bench;

import io.turnpike.bench.client.EndpointOptions;
import java.net.URI;
import picocli.CommandLine.Option;

/** Options of commands that measure several modes. */
final class SwitchOptions {

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

  /** The gateways of the modes. */
  ModeSwitch servers(EndpointOptions proxy) {
    return new ModeSwitch(proxy, replicationUrl, !noSwitch);
  }
}
