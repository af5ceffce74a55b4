package io.turnpike.launcher.plan;

import io.turnpike.node.Role;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One engine process.
 *
 * @param name its node id, log and pid file
 * @param role what it does
 * @param port its HTTP port
 * @param sidePort the port of its connector: NIXL's side channel, P2pNccl's own socket; used where
 *     {@link EnginesPlan#usesSidePort} says so
 * @param model what it serves; null: the plan's model
 * @param gpus the value of {@code CUDA_VISIBLE_DEVICES}; null: left alone
 * @param flags its own extra command line flags
 * @param environment its own extra environment
 * @param kvTransfer its own additions to {@code --kv-transfer-config}
 */
public record EnginePlan(
    String name,
    Role role,
    int port,
    int sidePort,
    @Nullable String model,
    @Nullable String gpus,
    List<String> flags,
    Map<String, String> environment,
    Map<String, Object> kvTransfer) {

  public EnginePlan {
    flags = List.copyOf(flags);
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    kvTransfer = Collections.unmodifiableMap(new LinkedHashMap<>(kvTransfer));
  }

  /** Where it listens. */
  public String url() {
    return "http://127.0.0.1:" + port;
  }
}
