package io.turnpike.membership;

import io.turnpike.connector.Connectors;
import io.turnpike.membership.ProbeResult.Identity;
import io.turnpike.node.NodeId;
import io.turnpike.node.NodeLoad;
import io.turnpike.node.Role;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One node and good probes of it, for tests. */
final class Probes {

  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  static final URI URL = URI.create("http://10.0.0.1:8100");
  static final NodeId ID = new NodeId("10.0.0.1:8100");
  static final NodeSpec SPEC = new NodeSpec(ID, Role.PREFILL, URL, Connectors.NIXL, null);

  private Probes() {}

  /** An answer with models. */
  static ProbeResult good(@Nullable String start, Instant at) {
    return new ProbeResult.Up(
        URL,
        at,
        new Identity(List.of("m"), "0.32.0"),
        new EngineMetrics(new NodeLoad(0, 0, 0, 0, 0, START), start));
  }

  /** An answer of health alone, without a metrics page. */
  static ProbeResult alive(Instant at) {
    return new ProbeResult.Up(URL, at, null, null);
  }
}
