package io.turnpike.launcher.engine;

import io.turnpike.connector.Connectors;
import io.turnpike.launcher.plan.EnginesPlan;
import io.turnpike.node.Connector;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * vLLM's own names of its connectors (vLLM 0.11 to 0.32), and how their engines hand KV over. Never
 * guessed: under a wrong connector P and D are paired, and what P computes is thrown away without a
 * word.
 */
public final class KvConnectors {

  /** Several connectors in one engine; the first one that hands over is what pairs it. */
  public static final String MULTI = "MultiConnector";

  /** The old and the new name, since vLLM 0.13. */
  public static final String SHARED_STORAGE = "SharedStorageConnector";

  /** The new name of {@link #SHARED_STORAGE}. */
  public static final String EXAMPLE = "ExampleConnector";

  /** In the order in which they are named to people. */
  private static final Map<String, Connector> SPOKEN = new LinkedHashMap<>();

  /** They keep or invent KV, each engine for itself. */
  private static final List<String> SOLITARY =
      List.of("OffloadingConnector", "DecodeBenchConnector");

  static {
    SPOKEN.put(EnginesPlan.NIXL, Connectors.NIXL);
    SPOKEN.put("NixlPullConnector", Connectors.NIXL);
    SPOKEN.put(EnginesPlan.P2P_NCCL, Connectors.P2P_NCCL);
    SPOKEN.put(EXAMPLE, Connectors.SHARED_STORAGE);
    SPOKEN.put(SHARED_STORAGE, Connectors.SHARED_STORAGE);
    SPOKEN.put("LMCacheConnectorV1", Connectors.SHARED_STORAGE);
    SPOKEN.put("LMCacheMPConnector", Connectors.SHARED_STORAGE);
  }

  private KvConnectors() {}

  /** Names of those by which one engine hands KV to another. */
  public static List<String> spokenNames() {
    return List.copyOf(SPOKEN.keySet());
  }

  /** All names that mean something here. */
  public static List<String> names() {
    return Stream.of(spokenNames(), List.of(MULTI), SOLITARY).flatMap(List::stream).toList();
  }

  /** The connector of that name of vLLM's; empty if it is unknown or hands nothing over. */
  static Optional<Connector> spoken(String name) {
    return Optional.ofNullable(SPOKEN.get(name));
  }

  /** How an engine with that {@code --kv-transfer-config} hands KV over; empty: not at all. */
  public static Optional<Connector> spoken(Map<String, Object> config) {
    String name = String.valueOf(config.get(EnginesPlan.KV_CONNECTOR));
    return name.equals(MULTI)
        ? parts(config).stream().flatMap(part -> spoken(part).stream()).findFirst()
        : spoken(name);
  }

  /** The configurations of the connectors in a {@link #MULTI}. */
  public static List<Map<String, Object>> parts(Map<String, Object> config) {
    return KvTransfer.extra(config).get("connectors") instanceof List<?> list
        ? list.stream().map(KvConnectors::part).toList()
        : List.of();
  }

  private static Map<String, Object> part(Object value) {
    Map<String, Object> part = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach((key, entry) -> part.put(String.valueOf(key), entry));
    }
    return part;
  }
}
