package io.turnpike.bench.conversation;

import io.turnpike.bench.client.Failure;
import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.figures.KvSize;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Conversations as text of at most 100 columns. */
public final class ChatTable {

  private static final int NAME = 16;
  private static final int MOST_DETAIL = 60;
  private static final Pattern ERROR_BODY =
      Pattern.compile("^\\{\\s*\"error\"\\s*:\\s*\\{\\s*\"message\"\\s*:\\s*\"");

  private ChatTable() {}

  /** The line above single turns. */
  public static String turnHeader() {
    return String.format(
        "%-16s %4s %8s %7s %9s %7s %7s %7s %7s %8s %s",
        "conversation",
        "turn",
        "TTFT ms",
        "TPOT",
        "E2E ms",
        "prompt",
        "cached",
        "answer",
        "tokens",
        "KV MB",
        "route");
  }

  /** A single turn; {@code tokens} is the conversation's length after it. */
  public static String turn(String name, Measurement m, KvSize kv) {
    String shown = name.length() > NAME ? name.substring(0, NAME - 1) + "…" : name;
    Failure failure = m.failure();
    if (failure != null) {
      String said = ERROR_BODY.matcher(failure.detail()).replaceFirst("");
      return String.format(
          "%-16s %4d FAILED %s %s",
          shown,
          m.turn(),
          failure.reason(),
          said.length() > MOST_DETAIL ? said.substring(0, MOST_DETAIL) + "…" : said);
    }
    int tokens = m.promptTokens() + m.outputTokens();
    return String.format(
        Locale.ROOT,
        "%-16s %4d %8.1f %7.2f %9.1f %7d %7d %7d %7d %8.1f %s",
        shown,
        m.turn(),
        m.ttftMillis(),
        m.tpotMillis(),
        m.e2eMillis(),
        m.promptTokens(),
        m.cachedTokens(),
        m.outputTokens(),
        tokens,
        kv.megabytes(tokens),
        route(m.route()));
  }

  /** Means by turn. */
  public static String summary(List<TurnSummary> turns, KvSize kv) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            "%-4s %11s %8s %8s %7s %9s %7s %7s %7s %8s %s%n",
            "turn", "fine", "TTFT ms", "P99", "TPOT", "E2E ms", "prompt", "cached", "tokens",
            "KV MB", "routes"));
    for (TurnSummary of : turns) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-4s %11s %8.1f %8.1f %7.2f %9.1f %7.0f %7.0f %7.0f %8.1f %s%n",
              of.turn() + (of.turn() == TurnSummary.POOLED ? "+" : ""),
              of.fine() + " of " + of.sent(),
              of.ttft().mean(),
              of.ttft().percentile(99),
              of.tpot().mean(),
              of.e2e().mean(),
              of.promptTokens(),
              of.cachedTokens(),
              of.cumulativeTokens(),
              kv.megabytes(Math.round(of.cumulativeTokens())),
              routes(of.routes())));
    }
    return text.toString();
  }

  private static String routes(Map<String, Long> routes) {
    StringBuilder text = new StringBuilder();
    routes.forEach(
        (route, count) ->
            text.append(text.isEmpty() ? "" : ",").append(route(route)).append("×").append(count));
    return text.length() > 20 ? text.substring(0, 19) + "…" : text.toString();
  }

  private static String route(String route) {
    return switch (route) {
      case "disaggregated" -> "P→D";
      case "decode-direct" -> "D";
      case "replica" -> "R";
      case "" -> "unknown";
      default -> route;
    };
  }
}
