package io.turnpike.bench.study;

import io.turnpike.bench.engine.ServerFacts;
import io.turnpike.bench.prompt.PromptLengths;
import java.util.List;

/**
 * What of a server and of how it is asked a study's figures depend on.
 *
 * @param url of the proxy, or the only server
 * @param replicationUrl for mode replication
 * @param promptLengths how long prompts are made
 * @param plain whether fields that only vLLM knows are left out
 * @param engines as they say about themselves
 */
public record LiveTarget(
    String url,
    String replicationUrl,
    String model,
    String api,
    PromptLengths promptLengths,
    boolean plain,
    int timeoutSeconds,
    List<ServerFacts.Engine> engines) {

  public LiveTarget {
    engines = List.copyOf(engines);
  }

  /** The conditions that it means. */
  public Conditions conditions() {
    boolean simulated = engines.stream().anyMatch(ServerFacts.Engine::simulated);
    return new Conditions(
        Conditions.LIVE,
        "server at %s%s".formatted(url, simulated ? ", simulated engines" : ""),
        this);
  }
}
