package io.turnpike.launcher.chat;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a turn did, from the gateway's headers and the engine's usage.
 *
 * @param route {@code disaggregated}, {@code decode-direct}, {@code replica}; null: not said
 * @param prefill the prefill node, or null
 * @param decode the node that answered, or null
 * @param turn the gateway's count of turns, or null
 * @param reason why this route, or null
 * @param ttft from the request to the first text; null when there was no text
 * @param usage the engine's counts, or null
 */
public record TurnReport(
    @Nullable String route,
    @Nullable String prefill,
    @Nullable String decode,
    @Nullable String turn,
    @Nullable String reason,
    @Nullable Duration ttft,
    @Nullable TokenUsage usage) {

  /**
   * Tokens of one turn.
   *
   * @param prompt tokens of the prompt
   * @param cached how many of them were not computed again; -1: not said
   * @param completion tokens of the answer
   */
  public record TokenUsage(int prompt, int cached, int completion) {}

  static TurnReport of(HttpHeaders headers, @Nullable Duration ttft, @Nullable TokenUsage usage) {
    return new TurnReport(
        header(headers, "Route"),
        header(headers, "Prefill"),
        header(headers, "Decode"),
        header(headers, "Turn"),
        header(headers, "Reason"),
        ttft,
        usage);
  }

  private static @Nullable String header(HttpHeaders headers, String name) {
    return headers.firstValue("X-Turnpike-" + name).filter(text -> !text.isBlank()).orElse(null);
  }

  /**
   * One line, for example {@code turn 2 · decode-direct (kv-on-node) · decode-1 · TTFT 12 ms …}.
   */
  public String line() {
    List<String> parts = new ArrayList<>();
    if (turn != null) {
      parts.add("turn " + turn);
    }
    if (route != null) {
      parts.add(reason == null ? route : route + " (" + reason + ")");
    }
    if (decode != null) {
      parts.add(prefill == null ? decode : prefill + " → " + decode);
    }
    if (ttft != null) {
      parts.add(String.format(Locale.ROOT, "TTFT %.0f ms", ttft.toNanos() / 1e6));
    }
    if (usage != null) {
      parts.add(
          usage.cached() < 0
              ? usage.prompt() + " prompt tokens"
              : usage.cached() + " of " + usage.prompt() + " prompt tokens cached");
      parts.add(usage.completion() + " new");
    }
    return String.join(" · ", parts);
  }
}
