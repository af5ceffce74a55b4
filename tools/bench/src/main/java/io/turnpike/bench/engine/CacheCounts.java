package io.turnpike.bench.engine;

import org.jspecify.annotations.Nullable;

/**
 * What an engine counts of its prefix cache, in tokens since its start, summed over its series
 * (names of vLLM 0.32 {@code vllm/v1/metrics/loggers.py}).
 *
 * @param queried prompt tokens that were looked up
 * @param hit those that were found
 * @param received prompt tokens whose KV came from another engine; 0 where it does not say
 */
public record CacheCounts(long queried, long hit, long received) {

  /** Nothing. */
  public static final CacheCounts ZERO = new CacheCounts(0, 0, 0);

  private static final String QUERIES = "vllm:prefix_cache_queries_total";
  private static final String HITS = "vllm:prefix_cache_hits_total";
  private static final String RECEIVED = "vllm:external_prefix_cache_hits_total";

  /** Reads a metrics page; null if it has no prefix cache. */
  static @Nullable CacheCounts parse(String page) {
    double[] sums = new double[3];
    boolean known = false;
    for (String line : page.split("\n", -1)) {
      int which = is(line, QUERIES) ? 0 : is(line, HITS) ? 1 : is(line, RECEIVED) ? 2 : -1;
      double value = which < 0 ? Double.NaN : value(line);
      if (Double.isFinite(value)) {
        sums[which] += value;
        known |= which == 0;
      }
    }
    return known
        ? new CacheCounts(Math.round(sums[0]), Math.round(sums[1]), Math.round(sums[2]))
        : null;
  }

  private static boolean is(String line, String name) {
    return line.startsWith(name)
        && line.length() > name.length()
        && (line.charAt(name.length()) == '{' || line.charAt(name.length()) == ' ');
  }

  private static double value(String line) {
    String[] rest = line.substring(line.lastIndexOf('}') + 1).strip().split(" +", -1);
    try {
      return Double.parseDouble(line.indexOf('}') < 0 ? rest[1] : rest[0]);
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      return Double.NaN;
    }
  }

  /** What was counted since; null if the engine began to count anew. */
  @Nullable CacheCounts since(CacheCounts before) {
    CacheCounts grown =
        new CacheCounts(queried - before.queried, hit - before.hit, received - before.received);
    return grown.queried < 0 || grown.hit < 0 || grown.received < 0 ? null : grown;
  }

  /** Both together. */
  public CacheCounts plus(CacheCounts other) {
    return new CacheCounts(queried + other.queried, hit + other.hit, received + other.received);
  }
}
