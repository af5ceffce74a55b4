package io.turnpike.admission;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What OpenAI's clients read of limits: how much there is at most, how much is left, and how long
 * until all of it is there again ({@code 120ms}, {@code 8s}, {@code 6m0s}).
 */
final class RateHeaders {

  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long MILLIS_PER_SECOND = 1000;

  private RateHeaders() {}

  /** Of a caller's own buckets, and where it has none, of the gateway's. */
  static Map<String, String> of(Gate own, Gate gateway) {
    Map<String, String> headers = new LinkedHashMap<>();
    add(headers, "requests", own.requests() == null ? gateway.requests() : own.requests());
    add(headers, "tokens", own.tokens());
    return headers;
  }

  private static void add(Map<String, String> headers, String what, @Nullable Bucket bucket) {
    if (bucket != null) {
      headers.put("x-ratelimit-limit-" + what, Long.toString(bucket.capacity()));
      headers.put("x-ratelimit-remaining-" + what, Long.toString(bucket.remaining()));
      headers.put("x-ratelimit-reset-" + what, shown(bucket.nanosUntilFull()));
    }
  }

  static String shown(long nanos) {
    long millis = Math.ceilDiv(nanos, NANOS_PER_MILLI);
    if (millis < MILLIS_PER_SECOND) {
      return millis + "ms";
    }
    long seconds = Math.ceilDiv(millis, MILLIS_PER_SECOND);
    return seconds < 60 ? seconds + "s" : seconds / 60 + "m" + seconds % 60 + "s";
  }
}
