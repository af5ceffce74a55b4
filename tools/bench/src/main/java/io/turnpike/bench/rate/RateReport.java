package io.turnpike.bench.rate;

import io.turnpike.bench.rate.RateSearch.Found;
import io.turnpike.bench.report.Environment;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * What {@code bench rate} writes.
 *
 * @param goodput the objective
 * @param share of requests that is enough
 * @param contradictions what makes the answer doubtful
 */
record RateReport(
    String goodput,
    double share,
    double highestRate,
    double failedRate,
    boolean partial,
    List<String> contradictions,
    List<Tried> tried,
    Environment environment,
    Object config) {

  static RateReport of(RateRun.Plan plan, Found found, boolean partial, Environment environment) {
    return new RateReport(
        plan.slo(),
        plan.share(),
        found.highest(),
        found.failed(),
        partial,
        found.contradictions(),
        found.tried(),
        environment,
        plan.config());
  }

  /** For people. */
  String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(Locale.ROOT, "%n%10s %8s %12s %10s%n", "rate 1/s", "passed", "met it", ""));
    tried.stream()
        .sorted(Comparator.comparingDouble(Tried::rate))
        .forEach(one -> text.append(row(one)));
    text.append(
        String.format(
            Locale.ROOT,
            "%shighest rate at which %.1f %% meet %s: %.2f/s (%.2f/s does not)%n",
            partial ? "PARTIAL: " : "",
            100 * share,
            goodput,
            highestRate,
            failedRate));
    long split = tried.stream().filter(Tried::isSplit).count();
    text.append(
        split == 0
            ? "All repeats of each rate agreed.\n"
            : "Repeats of %d of %d rates disagreed: near them the answer depends on the arrivals.%n"
                .formatted(split, tried.size()));
    tried.stream()
        .filter(one -> one.counted() < one.repeats().size())
        .forEach(one -> text.append(notCounted(one)));
    contradictions.forEach(c -> text.append("Not sure: ").append(c).append('\n'));
    return text.toString();
  }

  private static String row(Tried one) {
    return String.format(
        Locale.ROOT,
        "%10.2f %5d/%-2d %10.1f %% %10s%n",
        one.rate(),
        one.passed(),
        one.counted(),
        100 * one.goodShare(),
        one.passes() ? "pass" : "fail");
  }

  private static String notCounted(Tried one) {
    return String.format(
        Locale.ROOT,
        "Not counted: %d of %d repeats at %.2f/s, in which the load generator was the limit%n",
        one.repeats().size() - one.counted(),
        one.repeats().size(),
        one.rate());
  }
}
