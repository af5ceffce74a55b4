package io.turnpike.launcher.engine;

import io.turnpike.launcher.plan.EnginePlan;
import io.turnpike.launcher.plan.Plan;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where an engine runs, as its command line says it. A back end that learns a value only when the
 * engine has its place gives a word of its own for it, and replaces that word there.
 *
 * @param bind the address it listens on
 * @param host the address by which others reach it
 * @param port its HTTP port
 * @param sidePort the port of its connector: NIXL's side channel, P2pNccl's own socket
 * @param engineId its connector's name for it, another one at each start; null: vLLM makes one
 * @param registryHost where the registry listens for pings
 * @param registryPort the port of that
 */
public record EnginePlace(
    String bind,
    String host,
    String port,
    String sidePort,
    @Nullable String engineId,
    String registryHost,
    String registryPort) {

  private static final String HERE = "127.0.0.1";

  /** The place of an engine of a plan, on this machine; another id at each call. */
  public static EnginePlace here(Plan plan, EnginePlan engine) {
    return new EnginePlace(
        HERE,
        HERE,
        Integer.toString(engine.port()),
        Integer.toString(engine.sidePort()),
        engine.name() + "-" + UUID.randomUUID(),
        HERE,
        Integer.toString(plan.registry().zmqPort()));
  }
}
