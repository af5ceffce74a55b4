package io.turnpike.bench.report;

import io.turnpike.bench.figures.Spread;
import io.turnpike.bench.load.SelfCheck;
import io.turnpike.bench.load.Tally;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What stands around a load's block: why there are no figures, and how to read those there are. */
public final class LoadNotes {

  private LoadNotes() {}

  /** One line that comes first when nothing succeeded; empty otherwise. */
  public static String before(LoadResult result) {
    Tally tally = result.tally();
    if (tally.successes() > 0 || tally.failed() == 0) {
      return "";
    }
    return "All %d requests failed: %s (%s)%n"
        .formatted(tally.failed(), words(tally.failures()), tally.firstFailure());
  }

  /** What must be known to read the figures rightly, and the figures of {@code bench_pd.py}. */
  public static String after(LoadResult result) {
    Tally tally = result.tally();
    StringBuilder text = new StringBuilder();
    ends(text, tally);
    line(
        text,
        "From when due",
        "mean TTFT %s, P99 %s; mean E2EL %s"
            .formatted(
                millis(tally.ttft().mean()),
                millis(tally.ttft().percentile(99)),
                millis(tally.e2e().mean())));
    SelfCheck self = result.self();
    line(
        text,
        "Load generator",
        "lag P99 %s, max %s; %d %% of a core"
            .formatted(
                millis(self.lagP99Millis()),
                millis(self.lagMaxMillis()),
                Math.round(self.cpuShare() * 100)));
    if (tally.failed() > 0) {
      line(text, "Failures", words(tally.failures()));
    }
    if (tally.successes() > 0) {
      line(text, "Routes", words(tally.routes()));
      line(text, "Tokens from", sources(tally));
    }
    if (result.clientPool() > 0) {
      line(text, "Client pool", "%d connections, shared by all".formatted(result.clientPool()));
    }
    if (!result.saturation().isEmpty()) {
      line(text, "Server", result.saturation());
    }
    if (result.isPartial()) {
      text.append("PARTIAL: stopped after %d of %d%n".formatted(result.sent(), result.asked()));
    }
    self.complaints().forEach(c -> text.append("NOT VALID: ").append(c).append('\n'));
    return text.toString();
  }

  private static void ends(StringBuilder text, Tally tally) {
    Spread ttft = tally.ttftFromSend();
    Spread tps = tally.tokensPerSecond();
    line(
        text,
        "TTFT",
        "P50 %s, P95 %s, min %s, max %s"
            .formatted(
                millis(ttft.percentile(50)),
                millis(ttft.percentile(95)),
                millis(ttft.min()),
                millis(ttft.max())));
    line(
        text,
        "A request",
        "tokens/s P50 %s, P95 %s, mean %s"
            .formatted(number(tps.percentile(50)), number(tps.percentile(95)), number(tps.mean())));
  }

  private static String sources(Tally tally) {
    return tally.tokenSources().entrySet().stream()
        .map(source -> source.getKey().word() + " " + source.getValue())
        .collect(Collectors.joining(", "));
  }

  /** Names and counts for people. */
  public static String words(Map<String, Long> counts) {
    return counts.entrySet().stream()
        .map(one -> one.getKey() + " " + one.getValue())
        .collect(Collectors.joining(", "));
  }

  private static void line(StringBuilder text, String name, String values) {
    text.append(String.format("%-16s", name + ":")).append(values).append('\n');
  }

  private static String millis(double value) {
    return String.format(Locale.ROOT, "%.2f ms", value);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
