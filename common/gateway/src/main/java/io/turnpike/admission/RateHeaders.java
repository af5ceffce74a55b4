package io.turnpike.admission;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What OpenAI's clients read of limits: how much there is at most, how much is left, and how long
 * until all of it is there again ({@code 120ms}, {@code 8s}, {@code 6m0s}).
 */
final class RateHeaders {

  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long MILLIS_PER_SECOND = 1000;

  private static final Names REQUESTS = Names.of("requests");
  private static final Names TOKENS = Names.of("tokens");

  /** Of one kind of limit; made once, for they go out with every answer. */
  private record Names(String limit, String remaining, String reset) {
    static Names of(String what) {
      return new Names(
          "x-ratelimit-limit-" + what,
          "x-ratelimit-remaining-" + what,
          "x-ratelimit-reset-" + what);
    }
  }

  private RateHeaders() {}

  /** Of a caller's own buckets, and where it has none, of the gateway's. */
  static Map<String, String> of(Gate own, Gate gateway) {
    Map<String, String> headers = new LinkedHashMap<>();
    tell(own, gateway, headers::put);
    return headers;
  }

  /** The same, without a map between. */
  static void tell(Gate own, Gate gateway, BiConsumer<String, String> headers) {
    tell(REQUESTS, own.requests() == null ? gateway.requests() : own.requests(), headers);
    tell(TOKENS, own.tokens(), headers);
  }

  private static void tell(
      Names names, @Nullable Bucket bucket, BiConsumer<String, String> headers) {
    if (bucket != null) {
      Bucket.Level level = bucket.level();
      headers.accept(names.limit(), Long.toString(level.capacity()));
      headers.accept(names.remaining(), Long.toString(level.remaining()));
      headers.accept(names.reset(), shown(level.nanosUntilFull()));
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
