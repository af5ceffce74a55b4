package io.turnpike.bench.merge;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a study says, in words. A difference counts as sure only if the 95 % intervals of the means
 * do not meet; with one run a cell nothing is sure.
 */
public final class Verdict {

  private enum Outcome {
    FIRST,
    SECOND,
    UNSURE
  }

  private Verdict() {}

  /** Sentences, one for each workload and pair of modes. */
  public static List<String> of(List<Point> points) {
    Set<String> workloads = new LinkedHashSet<>();
    points.forEach(point -> workloads.add(point.workload()));
    List<String> sentences = new ArrayList<>();
    for (String workload : workloads) {
      List<Point> of = points.stream().filter(p -> p.workload().equals(workload)).toList();
      for (String other : List.of("pd", "replication")) {
        String sentence = compare(workload, of, "ppd", other);
        if (!sentence.isEmpty()) {
          sentences.add(sentence);
        }
      }
    }
    return sentences;
  }

  private static String compare(String workload, List<Point> points, String mode, String other) {
    List<String> wins = new ArrayList<>();
    List<String> losses = new ArrayList<>();
    List<String> unsure = new ArrayList<>();
    for (double qps : Crossover.rates(points)) {
      Point one = Crossover.at(points, mode, qps);
      Point two = Crossover.at(points, other, qps);
      if (one != null && two != null) {
        String at = number(qps) + " (" + millis(one) + " against " + millis(two) + ")";
        switch (outcome(one, two)) {
          case FIRST -> wins.add(at);
          case SECOND -> losses.add(at);
          case UNSURE -> unsure.add(number(qps));
        }
      }
    }
    if (wins.isEmpty() && losses.isEmpty() && unsure.isEmpty()) {
      return "";
    }
    return "%s, mean TTFT of turn 2, %s against %s: %s%s%s"
        .formatted(
            workload,
            mode,
            other,
            part("surely smaller at ", wins),
            part("surely larger at ", losses),
            part("not told apart at ", unsure));
  }

  private static Outcome outcome(Point one, Point two) {
    double reach = one.halfTtft() + two.halfTtft();
    if (Double.isNaN(reach) || Math.abs(one.ttft() - two.ttft()) <= reach) {
      return Outcome.UNSURE;
    }
    return one.ttft() < two.ttft() ? Outcome.FIRST : Outcome.SECOND;
  }

  private static String part(String words, List<String> rates) {
    return rates.isEmpty() ? "" : words + String.join(", ", rates) + " QPS. ";
  }

  private static String millis(Point point) {
    return String.format(Locale.ROOT, "%.0f ms", point.ttft());
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? Long.toString((long) value)
        : String.format(Locale.ROOT, "%s", value);
  }
}
