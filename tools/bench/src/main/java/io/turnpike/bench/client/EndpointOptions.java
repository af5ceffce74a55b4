package io.turnpike.bench.client;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a server is reached.
 *
 * @param url its base, without {@code /v1}
 * @param apiKey sent as a bearer token, or null
 * @param connections at most so many; {@link #UNBOUNDED} for an open loop. A smaller number is the
 *     closed client pool of the original tools: requests then wait for a connection, and their
 *     clocks run meanwhile
 * @param connectTimeout for one connection
 * @param silence longest time without a byte
 * @param total longest time for a whole answer
 */
public record EndpointOptions(
    URI url,
    @Nullable String apiKey,
    int connections,
    Duration connectTimeout,
    Duration silence,
    Duration total) {

  /** More connections than one address has ports for. */
  public static final int UNBOUNDED = 60_000;

  /** A server at that address with usual time limits. */
  public static EndpointOptions of(URI url) {
    return new EndpointOptions(
        url, null, UNBOUNDED, Duration.ofSeconds(5), Duration.ofMinutes(2), Duration.ofMinutes(10));
  }

  /** The same with other time limits. */
  public EndpointOptions withLimits(Duration noByteFor, Duration whole) {
    return new EndpointOptions(url, apiKey, connections, connectTimeout, noByteFor, whole);
  }

  /** The same with a bounded pool. */
  public EndpointOptions withConnections(int most) {
    return new EndpointOptions(url, apiKey, most, connectTimeout, silence, total);
  }

  /** The same at another address. */
  public EndpointOptions withUrl(URI other) {
    return new EndpointOptions(other, apiKey, connections, connectTimeout, silence, total);
  }

  /** The same with an API key. */
  public EndpointOptions withApiKey(@Nullable String key) {
    return new EndpointOptions(url, key, connections, connectTimeout, silence, total);
  }

  /** Whether the pool is a bound that can matter. */
  public boolean isPooled() {
    return connections < UNBOUNDED;
  }
}
