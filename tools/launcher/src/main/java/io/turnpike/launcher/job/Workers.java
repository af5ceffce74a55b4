package io.turnpike.launcher.job;

import io.turnpike.launcher.engine.Engine;
import io.turnpike.launcher.plan.EngineKind;
import io.turnpike.launcher.plan.EnginesPlan;
import io.turnpike.node.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The workers of a job as engines, on whichever back end. */
public final class Workers {

  /** Where NIXL's side channel is, seen from the HTTP port. */
  private static final int SIDE_CHANNEL = 10_000;

  private Workers() {}

  /**
   * What a worker's settings are filled with; values, or words that a back end replaces when the
   * worker has its place.
   *
   * @param name what it is called
   * @param kvIp the address of the first prefill worker
   * @param port its HTTP port
   */
  public record Settled(String name, String kvIp, String port) {

    /** Good enough to read settings with. */
    public static final Settled ANY = new Settled("worker", "127.0.0.1", "8000");
  }

  /** A worker of a group. */
  public static Engine engine(JobFile job, Group group, Settled settled) {
    boolean real = job.engines().kind() == EngineKind.VLLM;
    Map<String, Object> settings = new LinkedHashMap<>(KvSettings.of(group.params(), settled));
    if (isP2p(settings)) {
      settings.remove(KvSettings.PORT); // The place's side port is that.
      settings.putIfAbsent(KvSettings.IP, settled.kvIp());
    }
    List<String> flags = new ArrayList<>(real ? group.params().flags() : List.of());
    if (group.role() == Role.REPLICA && !settings.isEmpty()) {
      // A replica pairs with nobody: what it says is taken as it stands.
      if (real) {
        flags.addAll(List.of("--kv-transfer-config", KvSettings.json(settings)));
      }
      settings.clear();
    }
    Map<String, String> environment = new LinkedHashMap<>(job.environment());
    environment.putAll(group.environment());
    return new Engine(
        settled.name(),
        group.role(),
        Objects.requireNonNullElse(model(job, group), ""),
        flags,
        environment,
        settings);
  }

  /** What a worker's program is given as the model. */
  static @Nullable String model(JobFile job, Group group) {
    return job.engines().kind() == EngineKind.VLLM
        ? group.params().text(Params.MODEL)
        : group.params().servedModel();
  }

  /** The HTTP port that the file says; null: any. */
  public static @Nullable Integer port(Group group) {
    String port = group.params().text(Params.PORT);
    return port == null || port.equals("{PORT}") ? null : Integer.valueOf(port);
  }

  /**
   * The first of its connector's ports, of which it has one a GPU: what the file says for P2pNccl,
   * else above its HTTP port.
   */
  public static int sidePort(Group group, int port) {
    Map<String, Object> settings = KvSettings.of(group.params(), Settled.ANY);
    String said = isP2p(settings) ? KvSettings.text(settings, KvSettings.PORT) : null;
    if (said != null && said.matches("[1-9][0-9]{0,4}")) {
      return Integer.parseInt(said);
    }
    return port < 50_000 ? port + SIDE_CHANNEL : port - SIDE_CHANNEL;
  }

  private static boolean isP2p(Map<String, Object> settings) {
    return EnginesPlan.P2P_NCCL.equals(settings.get(KvSettings.CONNECTOR));
  }
}
