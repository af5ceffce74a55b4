package io.turnpike.membership;

import io.turnpike.membership.EngineHttp.Answer;
import io.turnpike.membership.ProbeResult.Identity;
import io.turnpike.membership.ProbeResult.Verdict;
import java.io.IOException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks engines how they are, over the HTTP server that also serves turns: {@code /health}, {@code
 * /metrics}, and on demand {@code /v1/models} and {@code /version}. Never touches the NIXL side
 * channel: one malformed message there ends an engine's handshakes for good. Answers are bounded in
 * size and time. Safe for use by many threads.
 */
public final class EngineProbe {

  private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(4);

  private static final int MAX_METRICS_BYTES = 4 << 20;
  private static final int MAX_JSON_BYTES = 1 << 20;
  private static final int MAX_MODELS = 256;
  private static final int MAX_NAME_LENGTH = 256;

  private final EngineHttp engines;
  private final JsonMapper json = JsonMapper.shared();

  /**
   * @param engines closed by its owner
   */
  public EngineProbe(EngineHttp engines) {
    this.engines = engines;
  }

  /**
   * One probe; always ends with a value.
   *
   * @param identity whether models and version are asked too
   * @param now the time at which it begins
   */
  Mono<ProbeResult> probe(URI url, boolean identity, Instant now) {
    return engines
        .get(url, "/health", 0)
        .flatMap(health -> health.isOk() ? afterHealth(url, identity, now) : bad("/health", health))
        .timeout(PROBE_TIMEOUT)
        .onErrorResume(fault -> Mono.just(down(url, now, fault)));
  }

  private Mono<ProbeResult> afterHealth(URI url, boolean identity, Instant now) {
    Mono<Optional<Identity>> who =
        identity ? identity(url).map(Optional::of) : Mono.just(Optional.empty());
    return who.zipWith(
        metrics(url, now),
        (found, metrics) -> new ProbeResult.Up(url, now, found.orElse(null), metrics.orElse(null)));
  }

  private Mono<Identity> identity(URI url) {
    return engines
        .get(url, "/v1/models", MAX_JSON_BYTES)
        .flatMap(
            answer -> {
              // Guarded (--api-key) by another key than ours: it serves, but does not tell what.
              if (answer.status() == 401 || answer.status() == 403) {
                return Mono.just(List.<String>of());
              }
              return answer.isOk() ? Mono.just(models(answer.body())) : bad("/v1/models", answer);
            })
        .zipWith(version(url), (models, version) -> new Identity(models, version.orElse(null)));
  }

  private List<String> models(byte[] body) {
    List<String> names = new ArrayList<>();
    for (JsonNode model : json.readTree(body).path("data")) {
      String name = model.path("id").asString("");
      if (!name.isEmpty() && name.length() <= MAX_NAME_LENGTH && names.size() < MAX_MODELS) {
        names.add(name);
      }
    }
    return names;
  }

  private Mono<Optional<String>> version(URI url) {
    return engines
        .get(url, "/version", MAX_JSON_BYTES)
        .map(answer -> answer.isOk() ? versionOf(answer.body()) : Optional.<String>empty())
        .onErrorReturn(Optional.empty());
  }

  private Optional<String> versionOf(byte[] body) {
    String version = json.readTree(body).path("version").asString("");
    return version.isEmpty() || version.length() > MAX_NAME_LENGTH
        ? Optional.empty()
        : Optional.of(version);
  }

  private Mono<Optional<EngineMetrics>> metrics(URI url, Instant now) {
    return engines
        .get(url, "/metrics", MAX_METRICS_BYTES)
        .map(
            answer ->
                answer.isOk()
                    ? Optional.of(EngineMetrics.parse(answer.body(), now))
                    : Optional.<EngineMetrics>empty())
        .onErrorReturn(Optional.empty());
  }

  private static <T> Mono<T> bad(String path, Answer answer) {
    return Mono.error(new ProbeFailed(path + " answered " + answer.status()));
  }

  private static ProbeResult down(URI url, Instant now, Throwable fault) {
    boolean late =
        fault instanceof TimeoutException
            || fault instanceof io.netty.handler.timeout.TimeoutException
            || fault instanceof io.netty.channel.ConnectTimeoutException;
    return new ProbeResult.Down(url, now, verdict(fault, late), reason(fault, late));
  }

  private static Verdict verdict(Throwable fault, boolean late) {
    if (late) {
      return Verdict.TIMED_OUT;
    }
    return fault instanceof java.net.ConnectException ? Verdict.REFUSED : Verdict.CERTAIN;
  }

  private static String reason(Throwable fault, boolean late) {
    if (late) {
      return "no answer in time";
    }
    return switch (fault) {
      case ProbeFailed failed -> String.valueOf(failed.getMessage());
      case EngineHttp.TooMuch tooMuch -> String.valueOf(tooMuch.getMessage());
      case UnknownHostException _ -> "unknown host";
      case java.net.ConnectException _ -> "connection refused";
      case IOException _ -> "connection broken";
      case JacksonException _ -> "/v1/models answered no JSON";
      default -> "probe failed: " + fault.getClass().getSimpleName();
    };
  }

  /** An answer that says that an engine does not serve; carries no stack. */
  private static final class ProbeFailed extends RuntimeException {
    ProbeFailed(String message) {
      super(message, null, false, false);
    }
  }
}
