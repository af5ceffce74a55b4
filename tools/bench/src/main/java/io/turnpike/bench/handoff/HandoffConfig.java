package io.turnpike.bench.handoff;

import java.util.List;

/**
 * What {@code bench handoff} was asked for.
 *
 * @param directUrl where D is asked alone, or that it is asked through the proxy
 * @param promptTokens the ladder
 * @param repeats of each, both ways
 */
public record HandoffConfig(
    String url, String directUrl, List<Integer> promptTokens, int repeats, long kvBytesPerToken) {

  public HandoffConfig {
    promptTokens = List.copyOf(promptTokens);
  }
}
