package io.turnpike.launcher.engine;

import io.turnpike.connector.Connectors;
import io.turnpike.launcher.plan.EnginePlan;
import io.turnpike.launcher.plan.EnginesPlan;
import io.turnpike.launcher.plan.Plan;
import io.turnpike.node.Connector;
import io.turnpike.node.Role;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One engine, wherever it runs.
 *
 * @param name its node id
 * @param role what it does
 * @param model what it serves
 * @param flags extra command line flags
 * @param environment extra environment; wins over what its connector needs
 * @param kvTransfer additions to its {@code --kv-transfer-config}
 */
public record Engine(
    String name,
    Role role,
    String model,
    List<String> flags,
    Map<String, String> environment,
    Map<String, Object> kvTransfer) {

  public Engine {
    flags = List.copyOf(flags);
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    kvTransfer = Collections.unmodifiableMap(new LinkedHashMap<>(kvTransfer));
  }

  /** An engine of a plan: what is said of all, and over it what is said of this one. */
  public static Engine of(Plan plan, EnginePlan engine) {
    EnginesPlan all = plan.engines();
    List<String> flags = new ArrayList<>(all.flags());
    flags.addAll(engine.flags());
    Map<String, String> environment = new LinkedHashMap<>(all.environment());
    environment.putAll(engine.environment());
    return new Engine(
        engine.name(),
        engine.role(),
        engine.model() == null ? plan.model() : engine.model(),
        flags,
        environment,
        kvTransfer(all.kvTransfer(), engine.kvTransfer()));
  }

  private static Map<String, Object> kvTransfer(Map<String, Object> all, Map<String, Object> own) {
    Map<String, Object> both = new LinkedHashMap<>(all);
    both.putAll(own);
    Map<String, Object> extra = KvTransfer.extra(all);
    extra.putAll(KvTransfer.extra(own));
    if (!extra.isEmpty()) {
      both.put(KvTransfer.EXTRA, extra);
    }
    return both;
  }

  /** vLLM's name of the connector by which it hands KV over. */
  public String kvConnector() {
    Object named = kvTransfer.get(EnginesPlan.KV_CONNECTOR);
    return named == null ? EnginesPlan.NIXL : named.toString();
  }

  /**
   * How it hands KV over, as the registry is told; {@code none} for a replica, empty for a
   * connector that is not spoken here.
   */
  public Optional<Connector> connector() {
    return role == Role.REPLICA ? Optional.of(Connectors.NONE) : spoken();
  }

  /** The connector whose needs are met; {@code none} also for those that nobody knows. */
  Connector served() {
    return connector().orElse(Connectors.NONE);
  }

  private Optional<Connector> spoken() {
    Map<String, Object> said = new LinkedHashMap<>(kvTransfer);
    said.putIfAbsent(EnginesPlan.KV_CONNECTOR, EnginesPlan.NIXL);
    return KvConnectors.spoken(said);
  }
}
