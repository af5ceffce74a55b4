package io.turnpike.bench.load;

import io.turnpike.bench.client.Failure;
import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.client.TokenSource;
import io.turnpike.bench.figures.Goodput;
import io.turnpike.bench.figures.Spread;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a run adds up to, in constant memory. Every request is in it: a success with its latencies,
 * or a failure with its reason. One thread.
 */
public final class Tally {

  private final Goodput goodput;
  private final Spread ttft = new Spread();
  private final Spread tpot = new Spread();
  private final Spread itl = new Spread();
  private final Spread e2e = new Spread();
  private final Spread ttftFromSend = new Spread();
  private final Spread e2eFromSend = new Spread();
  private final Spread lag = new Spread();
  private final Spread tokensPerSecond = new Spread();
  private final Map<String, Long> failures = new TreeMap<>();
  private final Map<String, Long> routes = new TreeMap<>();
  private final EnumMap<TokenSource, Long> tokenSources = new EnumMap<>(TokenSource.class);
  private String firstFailure = "";
  private long good;
  private long promptTokens;
  private long outputTokens;
  private long cachedTokens;
  private long firstScheduled = Long.MAX_VALUE;
  private long lastEnd = Long.MIN_VALUE;

  /** A tally that counts requests meeting that objective. */
  public Tally(Goodput goodput) {
    this.goodput = goodput;
  }

  /** Takes the time between two chunks. */
  public void gap(long nanos) {
    itl.add(nanos / 1e6);
  }

  /** Takes a request that has ended. */
  public void add(Measurement m) {
    firstScheduled = Math.min(firstScheduled, m.scheduledNanos());
    lastEnd = Math.max(lastEnd, m.endNanos());
    lag.add(m.lagNanos() / 1e6);
    Failure failure = m.failure();
    if (failure != null) {
      firstFailure = failures.isEmpty() ? failure.detail() : firstFailure;
      failures.merge(failure.reason(), 1L, Long::sum);
      return;
    }
    ttft.add(m.ttftMillis());
    e2e.add(m.e2eMillis());
    ttftFromSend.add(m.ttftFromSendMillis());
    e2eFromSend.add(m.e2eFromSendMillis());
    tokensPerSecond.add(m.tokensPerSecond());
    if (m.outputTokens() > 1) {
      tpot.add(m.tpotMillis());
    }
    if (goodput.meets(m.ttftMillis(), m.tpotMillis(), m.e2eMillis())) {
      good++;
    }
    promptTokens += m.promptTokens();
    outputTokens += m.outputTokens();
    cachedTokens += m.cachedTokens();
    tokenSources.merge(m.tokenSource(), 1L, Long::sum);
    routes.merge(m.route().isEmpty() ? "unknown" : m.route(), 1L, Long::sum);
  }

  /** From when it was due to the first token, ms. */
  public Spread ttft() {
    return ttft;
  }

  public Spread tpot() {
    return tpot;
  }

  public Spread itl() {
    return itl;
  }

  /** From when it was due to the end, ms. */
  public Spread e2e() {
    return e2e;
  }

  public Spread ttftFromSend() {
    return ttftFromSend;
  }

  public Spread e2eFromSend() {
    return e2eFromSend;
  }

  /** Output tokens of single requests ÷ their time from when they were sent. */
  public Spread tokensPerSecond() {
    return tokensPerSecond;
  }

  /** How late the load generator was, ms. */
  public Spread lag() {
    return lag;
  }

  /** Failures by reason. */
  public Map<String, Long> failures() {
    return failures;
  }

  /** What was said about the first failure; empty without one. */
  public String firstFailure() {
    return firstFailure;
  }

  /** Successes by what the gateway did. */
  public Map<String, Long> routes() {
    return routes;
  }

  /** Successes by where their token counts come from. */
  public Map<TokenSource, Long> tokenSources() {
    return tokenSources;
  }

  public long successes() {
    return e2e.count();
  }

  public long failed() {
    return failures.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Successes that met the objective. */
  public long good() {
    return good;
  }

  public long promptTokens() {
    return promptTokens;
  }

  public long outputTokens() {
    return outputTokens;
  }

  public long cachedTokens() {
    return cachedTokens;
  }

  /** From the first arrival to the last end. */
  public double seconds() {
    return lastEnd <= firstScheduled ? 0 : (lastEnd - firstScheduled) / 1e9;
  }

  /** Something per second of the run. */
  public double perSecond(long count) {
    return seconds() == 0 ? 0 : count / seconds();
  }
}
