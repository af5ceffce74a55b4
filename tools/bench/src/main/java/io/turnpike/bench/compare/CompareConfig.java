package io.turnpike.bench.compare;

import java.util.List;

/**
 * What {@code bench compare} was asked for.
 *
 * @param modes two
 * @param prompts what is asked, in words
 * @param caches whether modes find each other's prefix caches, in words
 */
public record CompareConfig(
    String url,
    List<String> modes,
    int turns,
    int conversations,
    int concurrency,
    String prompts,
    int maxTokens,
    long seed,
    String caches) {

  public CompareConfig {
    modes = List.copyOf(modes);
  }
}
