package io.turnpike.bench.report;

import io.turnpike.bench.figures.Goodput;
import io.turnpike.bench.figures.Spread;
import io.turnpike.bench.load.Tally;
import java.util.Locale;

/**
 * The text that {@code vllm bench serve} (0.32.0) prints, which other people's scripts read.
 * Latencies in it count from when a request was sent, as there. {@link ServingJson} is the file.
 */
public final class ServingBlock {

  private static final int WIDTH = 50;

  private ServingBlock() {}

  /** The text summary. */
  public static String text(LoadResult result, Goodput goodput) {
    Tally tally = result.tally();
    StringBuilder text = new StringBuilder();
    header(text, " Serving Benchmark Result ", '=');
    count(text, "Successful requests:", tally.successes());
    count(text, "Failed requests:", tally.failed());
    if (result.concurrency() > 0) {
      count(text, "Maximum request concurrency:", result.concurrency());
    }
    if (result.ratePerSecond() > 0) {
      number(text, "Request rate configured (RPS):", result.ratePerSecond());
    }
    number(text, "Benchmark duration (s):", tally.seconds());
    count(text, "Total input tokens:", tally.promptTokens());
    count(text, "Total generated tokens:", tally.outputTokens());
    number(text, "Request throughput (req/s):", tally.perSecond(tally.successes()));
    if (!goodput.equals(Goodput.ANY)) {
      number(text, "Request goodput (req/s):", tally.perSecond(tally.good()));
    }
    number(text, "Output token throughput (tok/s):", tally.perSecond(tally.outputTokens()));
    number(
        text,
        "Total token throughput (tok/s):",
        tally.perSecond(tally.outputTokens() + tally.promptTokens()));
    spread(text, "TTFT", "Time to First Token", tally.ttftFromSend());
    spread(text, "TPOT", "Time per Output Token (excl. 1st token)", tally.tpot());
    if (tally.itl().count() > 0) {
      spread(text, "ITL", "Inter-token Latency", tally.itl());
    }
    spread(text, "E2EL", "End-to-end Latency", tally.e2eFromSend());
    return text.append("=".repeat(WIDTH)).append('\n').toString();
  }

  private static void spread(StringBuilder text, String name, String header, Spread of) {
    header(text, header, '-');
    number(text, "Mean %s (ms):".formatted(name), of.mean());
    number(text, "Median %s (ms):".formatted(name), of.percentile(50));
    number(text, "P90 %s (ms):".formatted(name), of.percentile(90));
    number(text, "P99 %s (ms):".formatted(name), of.percentile(99));
  }

  /** Centred as Python's {@code format} does it: a shorter half on the left. */
  private static void header(StringBuilder text, String title, char fill) {
    int left = Math.max(0, (WIDTH - title.length()) / 2);
    int right = Math.max(0, WIDTH - title.length() - left);
    text.repeat(fill, left).append(title).repeat(fill, right).append('\n');
  }

  private static void count(StringBuilder text, String name, long value) {
    text.append(String.format(Locale.ROOT, "%-40s %-10d%n", name, value));
  }

  private static void number(StringBuilder text, String name, double value) {
    text.append(String.format(Locale.ROOT, "%-40s %-10.2f%n", name, value));
  }
}
