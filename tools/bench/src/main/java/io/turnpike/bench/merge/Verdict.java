package io.turnpike.bench.merge;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a study says, in words, with how sure it is. */
public final class Verdict {

  /** What the words mean; beside every verdict. */
  public static final String WORDS =
      "Surely: the 95 % interval of the difference over runs, which had the same arrivals in every"
          + " mode, leaves out zero; of twenty such statements one may be wrong. Even: within 5 %."
          + " With one run nothing is sure.";

  /** Milliseconds. */
  private static final double SECONDS_FROM = 10_000;

  private Verdict() {}

  /** A stretch of rates at which the same holds. */
  private record Stretch(List<Double> rates, String what) {
    String text() {
      return Verdict.rates(rates) + " " + what;
    }
  }

  /** Sentences, for each workload who is first, and how ppd compares with pd and replication. */
  public static List<String> of(List<Point> points) {
    List<String> sentences = new ArrayList<>();
    for (String workload : workloads(points)) {
      List<Point> of = points.stream().filter(p -> p.workload().equals(workload)).toList();
      sentences.add(first(workload, of));
      sentences.addAll(pairs(workload, of));
    }
    return sentences;
  }

  /** How ppd compares with pd and with replication. */
  public static List<String> pairs(String workload, List<Point> points) {
    return Stream.of("pd", "replication")
        .map(other -> pair(workload, points, "ppd", other))
        .filter(sentence -> !sentence.isEmpty())
        .toList();
  }

  /** Workloads in the file's order. */
  public static List<String> workloads(List<Point> points) {
    return points.stream().map(Point::workload).distinct().toList();
  }

  /** Who has the smallest mean TTFT of turn 2 at which rates. */
  public static String first(String workload, List<Point> points) {
    List<Stretch> stretches = new ArrayList<>();
    for (double qps : Crossover.rates(points)) {
      List<Point> at = points.stream().filter(p -> p.qps() == qps).toList();
      Contest contest = Contest.of(at, Metric.TTFT);
      if (contest != null) {
        add(stretches, qps, winner(contest));
      }
    }
    return "%s, smallest %s of turn 2: %s."
        .formatted(workload, Metric.TTFT.words(), join(stretches));
  }

  private static String winner(Contest contest) {
    String names = names(contest.best().stream().map(Point::mode).sorted().toList());
    if (contest.best().size() > 1) {
      return names + (contest.next() == null ? " (all even)" : rest(contest));
    }
    return contest.next() == null
        ? names + " (alone)"
        : contest.sure() ? names + " (surely)" : names + " ahead, not surely";
  }

  /** Two that are even are not first "surely": what is sure is that the others are behind. */
  private static String rest(Contest contest) {
    return contest.sure()
        ? " even, the others surely behind"
        : " even, the others behind, not surely";
  }

  private static String names(List<String> modes) {
    return modes.size() == 1
        ? modes.getFirst()
        : String.join(", ", modes.subList(0, modes.size() - 1)) + " and " + modes.getLast();
  }

  /** How one mode's mean TTFT of turn 2 compares with another's. */
  private static String pair(String workload, List<Point> points, String mode, String other) {
    List<Stretch> stretches = new ArrayList<>();
    for (double qps : Crossover.rates(points)) {
      Point one = Crossover.at(points, mode, qps);
      Point two = Crossover.at(points, other, qps);
      if (one != null && two != null) {
        add(stretches, qps, compared(one, two));
      }
    }
    return stretches.isEmpty()
        ? ""
        : "%s, %s against %s: %s."
            .formatted(workload, mode, other, figures(stretches, points, mode, other));
  }

  private static String compared(Point one, Point two) {
    return switch (Contest.outcome(one, two, Metric.TTFT)) {
      case BETTER -> "surely smaller";
      case WORSE -> "surely larger";
      case EVEN -> "even";
      case UNSURE -> "not told apart";
    };
  }

  private static String figures(
      List<Stretch> stretches, List<Point> points, String mode, String other) {
    return stretches.stream()
        .map(s -> s.text() + extent(s, points, mode, other))
        .collect(Collectors.joining("; "));
  }

  /** The means at a stretch's end, where modes differ most as a rule. */
  private static String extent(Stretch stretch, List<Point> points, String mode, String other) {
    double qps = stretch.rates.getLast();
    Point one = Objects.requireNonNull(Crossover.at(points, mode, qps));
    Point two = Objects.requireNonNull(Crossover.at(points, other, qps));
    String where = stretch.rates.size() == 1 ? "" : " at " + number(qps);
    return " (%s%s)".formatted(both(one.mean(Metric.TTFT), two.mean(Metric.TTFT)), where);
  }

  private static void add(List<Stretch> stretches, double qps, String what) {
    Stretch last = stretches.isEmpty() ? null : stretches.getLast();
    if (isSame(last, what)) {
      stretches.getLast().rates.add(qps);
    } else {
      stretches.add(new Stretch(new ArrayList<>(List.of(qps)), what));
    }
  }

  private static boolean isSame(@Nullable Stretch last, String what) {
    return last != null && last.what.equals(what);
  }

  private static String join(List<Stretch> stretches) {
    return stretches.stream().map(Stretch::text).collect(Collectors.joining("; "));
  }

  private static String rates(List<Double> rates) {
    return switch (rates.size()) {
      case 1 -> "at %s QPS".formatted(number(rates.getFirst()));
      case 2 -> "at %s and %s QPS".formatted(number(rates.getFirst()), number(rates.getLast()));
      default -> "from %s to %s QPS".formatted(number(rates.getFirst()), number(rates.getLast()));
    };
  }

  /** In one unit, so that they can be compared at a glance. */
  private static String both(double one, double two) {
    return Math.max(one, two) < SECONDS_FROM
        ? String.format(Locale.ROOT, "%.0f ms against %.0f ms", one, two)
        : String.format(Locale.ROOT, "%.2f s against %.2f s", one / 1000, two / 1000);
  }

  /** A rate as people write it. */
  public static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
