package io.turnpike.bench.run;

import io.turnpike.bench.client.ControlCalls;
import io.turnpike.bench.client.Endpoint;
import io.turnpike.bench.client.EndpointOptions;
import java.io.IOException;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The gateways of a study: the proxy, switched between its modes, and the replication service. A
 * server without these control endpoints is used as it is. What mode the proxy was in is put back
 * at the end.
 */
public final class ModeSwitch implements AutoCloseable {

  private final Endpoint proxy;
  private final Endpoint replication;
  private final boolean switched;
  private @Nullable String before;

  /** The gateways; {@code switched} if they have modes to switch. */
  public ModeSwitch(EndpointOptions options, URI replicationUrl, boolean switched) {
    proxy = new Endpoint(options);
    replication = new Endpoint(options.withUrl(replicationUrl));
    this.switched = switched;
  }

  /**
   * The server of that mode, switched to it. Conversations of others are left alone: those of a
   * measurement have salts or keys of their own.
   */
  public Endpoint to(String mode) throws IOException, InterruptedException {
    Endpoint endpoint = mode.equals("replication") ? replication : proxy;
    if (switched && !mode.equals("replication")) {
      String answer = switched(endpoint.options().url(), mode);
      before = before == null ? previous(answer) : before;
    }
    return endpoint;
  }

  private static String switched(URI url, String mode) throws IOException, InterruptedException {
    try {
      return ControlCalls.post(url, "/mode/" + mode);
    } catch (IOException e) {
      String said = String.valueOf(e.getMessage());
      if (said.contains("/mode/" + mode + " answered 400")) {
        throw new IOException(
            "%s has no mode %s (expected: pd, ppd, adaptive or replication)".formatted(url, mode),
            e);
      }
      if (!said.contains("/mode/" + mode + " answered 404")) {
        throw e;
      }
      throw new IOException(
          ("%s has no modes to switch, so it is no Turnpike proxy: see --no-switch, or for handoff"
                  + " --direct-url")
              .formatted(url),
          e);
    }
  }

  private static @Nullable String previous(String answer) {
    try {
      return JsonMapper.shared().readTree(answer).path("previous").asString(null);
    } catch (JacksonException e) {
      return null;
    }
  }

  @Override
  public void close() {
    putBack();
    proxy.close();
    replication.close();
  }

  /** Puts the proxy's mode back; once, also when called again. */
  public void putBack() {
    String mode = before;
    before = null;
    if (mode == null) {
      return;
    }
    try {
      ControlCalls.post(proxy.options().url(), "/mode/" + mode);
    } catch (IOException e) {
      // It has gone: there is nothing to put back.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
