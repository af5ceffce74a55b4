package io.turnpike.bench.handoff;

import io.turnpike.bench.figures.KvSize;
import io.turnpike.bench.handoff.Ladder.Rung;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A ladder as text of at most 100 columns, and as JSON. */
public final class HandoffTable {

  private HandoffTable() {}

  /** For people. */
  public static String text(Ladder ladder) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format("%6s %15s %15s %15s  %s%n", "", "P→D", "direct", "extra", "by receipts, ms"));
    row(text, "prompt", "TTFT ms", "TTFT ms", "ms", "P", "D after", "D alone", "gate");
    for (Rung of : ladder.rungs()) {
      row(
          text,
          number(of.promptTokens(), 0),
          cell(of.handoff()),
          cell(of.direct()),
          cell(of.extra()),
          number(of.prefill(), 1),
          number(of.decodeAfter(), 1),
          number(of.decodeAlone(), 1),
          number(of.gateway(), 1));
    }
    text.append("Medians, ± about 95 % of the median. P: its leg; D after: D's leg behind it, to");
    text.append(" its first token\n");
    return text.toString();
  }

  /** What transports in practice would need for the longest prompt. */
  public static String transports(Ladder ladder) {
    if (ladder.rungs().isEmpty()) {
      return "";
    }
    Rung longest = ladder.rungs().getLast();
    double bytes = longest.promptTokens() * ladder.kvBytesPerToken();
    double megabytes =
        new KvSize(ladder.kvBytesPerToken()).megabytes(Math.round(longest.promptTokens()));
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%-20s %8s %s%n",
            "transport",
            "GB/s",
            "ms for the %.0f MB of %.0f tokens".formatted(megabytes, longest.promptTokens())));
    for (Transport transport : Transport.values()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-20s %8.1f %.1f%n",
              transport.title(),
              transport.gigabytesPerSecond(),
              transport.millis(bytes)));
    }
    return text.toString();
  }

  /** In words. */
  public static List<String> verdict(Ladder ladder) {
    List<String> said = new ArrayList<>();
    Slope slope = ladder.perToken();
    if (slope.isMeasurable()) {
      said.add(
          String.format(
              Locale.ROOT,
              "Handoff: %.1f ms for any prompt, and %.2f ms more per 1,000 tokens (95 %%: %.2f to"
                  + " %.2f).",
              slope.fixed(),
              slope.perUnit() * 1000,
              slope.low() * 1000,
              slope.high() * 1000));
      said.add(rate(ladder.gigabytesPerSecond()));
    } else if (!Double.isNaN(slope.perUnit())) {
      said.add(
          "Handoff: does not grow measurably with the prompt, so no rate can be told (not"
              + " measurable).");
    }
    unmeasurable(ladder).ifPresent(said::add);
    if (said.isEmpty()) {
      said.add("Handoff: not measurable: no length succeeded both ways, or only one.");
    }
    return said;
  }

  private static String rate(double rate) {
    Transport nearest = Transport.nearest(rate);
    String beside =
        rate > 2 * Transport.NVLINK.gigabytesPerSecond()
            ? "beyond all transports: the time is not the bytes'"
            : "nearest: %s (%.1f GB/s in practice)"
                .formatted(nearest.title(), nearest.gigabytesPerSecond());
    return String.format(Locale.ROOT, "Implied by the growth: %.1f GB/s; %s.", rate, beside);
  }

  private static Optional<String> unmeasurable(Ladder ladder) {
    List<String> lengths =
        ladder.rungs().stream()
            .filter(rung -> rung.extra().count() > 0 && !rung.extra().isMeasurable())
            .map(rung -> number(rung.promptTokens(), 0))
            .toList();
    return lengths.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "Not measurable at %s tokens: the extra time is within its noise (try more --repeats)."
                .formatted(String.join(", ", lengths)));
  }

  private static void row(StringBuilder text, Object... cells) {
    text.append(String.format(Locale.ROOT, "%6s %15s %15s %15s %9s %9s %9s %5s%n", cells));
  }

  private static String cell(MedianInterval of) {
    if (Double.isNaN(of.median())) {
      return "-";
    }
    String median = number(of.median(), 1);
    return Double.isNaN(of.half()) ? median : median + " ± " + number(of.half(), 1);
  }

  private static String number(double value, int digits) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%." + digits + "f", value);
  }
}
