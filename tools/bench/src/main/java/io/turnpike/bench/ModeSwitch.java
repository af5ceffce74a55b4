package io.turnpike.bench;

import io.turnpike.bench.client.Endpoint;
import io.turnpike.bench.client.EndpointOptions;
import io.turnpike.bench.study.LiveCells;
import java.io.IOException;
import java.net.URI;

/**
 * The gateways of a study: the proxy, switched between its modes, and the replication service. A
 * server without these control endpoints is used as it is, which is said once.
 */
final class ModeSwitch implements LiveCells.Switch, AutoCloseable {

  private final Endpoint proxy;
  private final Endpoint replication;
  private final boolean switched;

  ModeSwitch(EndpointOptions options, URI replicationUrl, boolean switched) {
    proxy = new Endpoint(options);
    replication = new Endpoint(options.withUrl(replicationUrl));
    this.switched = switched;
  }

  @Override
  public Endpoint to(String mode) throws IOException, InterruptedException {
    Endpoint endpoint = mode.equals("replication") ? replication : proxy;
    if (switched) {
      URI url = endpoint.options().url();
      if (!mode.equals("replication")) {
        TargetOptions.post(url, "/mode/" + mode);
      }
      TargetOptions.post(url, "/conversations/clear");
    }
    return endpoint;
  }

  @Override
  public void close() {
    proxy.close();
    replication.close();
  }
}
