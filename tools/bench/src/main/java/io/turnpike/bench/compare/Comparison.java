package io.turnpike.bench.compare;

import io.turnpike.bench.client.Measurement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Two modes on the same conversations. Only turns that succeeded in both are compared, because a
 * mean over different prompts would compare prompts; all others are counted with their reason.
 *
 * @param modes the first is what the second is compared with
 * @param turns turn by turn
 * @param later turns after the first, averaged over each conversation; turn 1 if there is no other
 * @param conversation a conversation's turns added up, if all of them succeeded in both
 * @param totals of each mode
 */
public record Comparison(
    List<String> modes, List<Row> turns, Row later, Paired conversation, List<Totals> totals) {

  /** Fewer conversations are too few to be sure of anything. */
  static final int FEWEST = 5;

  /**
   * One turn of all conversations.
   *
   * @param turn counted from 1
   * @param pairs conversations that have it in both modes
   * @param sameWay whether it took the same route in both modes, so that what differs is noise
   */
  public record Row(int turn, int pairs, boolean sameWay, Paired ttft, Paired tpot, Paired e2e) {

    /** Whether a figure of this turn surely differs between the modes. */
    boolean isSure(Paired of) {
      return !sameWay && Comparison.isSure(of);
    }
  }

  /** Whether a figure surely differs: beyond its noise, over enough conversations. */
  static boolean isSure(Paired of) {
    return of.first().runs() >= FEWEST && !of.isWithinNoise();
  }

  /** A turn in both modes. */
  private record Both(Measurement first, Measurement second) {}

  /**
   * What a mode adds up to.
   *
   * @param asked turns that should have been sent
   * @param routes by turn and route: {@code 2 decode-direct}
   * @param failures by reason; {@code not_sent} for turns that a stop left out
   */
  public record Totals(
      String mode,
      int asked,
      long successes,
      long promptTokens,
      long outputTokens,
      long cachedTokens,
      Map<String, Long> routes,
      Map<String, Long> failures) {}

  /**
   * Compares.
   *
   * @param measured every turn of both modes
   * @param conversations how many were asked for
   * @param turns of each of them
   */
  public static Comparison of(
      Map<String, ? extends Collection<Measurement>> measured, int conversations, int turns) {
    List<String> modes = List.copyOf(measured.keySet());
    List<Map<Integer, Map<Integer, Measurement>>> fine =
        measured.values().stream().map(Comparison::byConversation).toList();
    List<List<Both>> pairs = new ArrayList<>();
    for (int turn = 1; turn <= turns; turn++) {
      pairs.add(pairs(fine, turn));
    }
    List<Row> rows = new ArrayList<>();
    for (int turn = 1; turn <= turns; turn++) {
      rows.add(row(turn, pairs.get(turn - 1).stream().<List<Both>>map(List::of).toList()));
    }
    List<Totals> totals = new ArrayList<>();
    measured.forEach((mode, all) -> totals.add(totals(mode, all, conversations * turns)));
    List<Both> laterPairs =
        pairs.subList(Math.min(1, turns - 1), turns).stream().flatMap(List::stream).toList();
    return new Comparison(
        modes,
        rows,
        row(Math.min(2, turns), grouped(laterPairs)),
        conversation(pairs, turns),
        totals);
  }

  /** Successes by conversation and turn. */
  private static Map<Integer, Map<Integer, Measurement>> byConversation(
      Collection<Measurement> all) {
    Map<Integer, Map<Integer, Measurement>> found = new HashMap<>();
    for (Measurement m : all) {
      if (m.ok()) {
        found.computeIfAbsent(m.conversation(), c -> new HashMap<>()).put(m.turn(), m);
      }
    }
    return found;
  }

  private static List<Both> pairs(List<Map<Integer, Map<Integer, Measurement>>> fine, int turn) {
    List<Both> pairs = new ArrayList<>();
    for (Map.Entry<Integer, Map<Integer, Measurement>> entry : fine.get(0).entrySet()) {
      Measurement first = entry.getValue().get(turn);
      Measurement second = fine.get(1).getOrDefault(entry.getKey(), Map.of()).get(turn);
      if (first != null && second != null) {
        pairs.add(new Both(first, second));
      }
    }
    return pairs;
  }

  private static List<List<Both>> grouped(List<Both> pairs) {
    Map<Integer, List<Both>> groups = new TreeMap<>();
    for (Both pair : pairs) {
      groups.computeIfAbsent(pair.first().conversation(), c -> new ArrayList<>()).add(pair);
    }
    return List.copyOf(groups.values());
  }

  private static Row row(int turn, List<List<Both>> groups) {
    return new Row(
        turn,
        groups.size(),
        sameWay(groups),
        paired(groups, Measurement::ttftMillis),
        paired(groups, Measurement::tpotMillis),
        paired(groups, Measurement::e2eMillis));
  }

  /** The same known route, pair by pair. */
  private static boolean sameWay(List<List<Both>> groups) {
    return !groups.isEmpty()
        && groups.stream()
            .flatMap(List::stream)
            .allMatch(
                pair ->
                    !pair.first().route().isEmpty()
                        && pair.first().route().equals(pair.second().route()));
  }

  private static Paired paired(List<List<Both>> groups, ToDoubleFunction<Measurement> value) {
    return Paired.of(means(groups, Both::first, value), means(groups, Both::second, value));
  }

  private static double[] means(
      List<List<Both>> groups,
      Function<Both, Measurement> which,
      ToDoubleFunction<Measurement> value) {
    return groups.stream()
        .mapToDouble(
            group ->
                group.stream()
                    .mapToDouble(pair -> value.applyAsDouble(which.apply(pair)))
                    .average()
                    .orElse(0))
        .toArray();
  }

  private static Paired conversation(List<List<Both>> pairs, int turns) {
    List<List<Both>> whole =
        grouped(pairs.stream().flatMap(List::stream).toList()).stream()
            .filter(group -> group.size() == turns)
            .toList();
    double[] first = means(whole, Both::first, m -> m.e2eMillis() * turns);
    return Paired.of(first, means(whole, Both::second, m -> m.e2eMillis() * turns));
  }

  private static Totals totals(String mode, Collection<Measurement> all, int asked) {
    Map<String, Long> routes = new TreeMap<>();
    Map<String, Long> failures = new LinkedHashMap<>();
    for (Measurement m : all) {
      if (m.failure() == null) {
        String route = m.route().isEmpty() ? "unknown" : m.route();
        routes.merge(m.turn() + " " + route, 1L, Long::sum);
      } else {
        failures.merge(m.failure().reason(), 1L, Long::sum);
      }
    }
    if (all.size() < asked) {
      failures.put("not_sent", (long) asked - all.size());
    }
    List<Measurement> fine = all.stream().filter(Measurement::ok).toList();
    return new Totals(
        mode,
        asked,
        fine.size(),
        fine.stream().mapToLong(Measurement::promptTokens).sum(),
        fine.stream().mapToLong(Measurement::outputTokens).sum(),
        fine.stream().mapToLong(Measurement::cachedTokens).sum(),
        routes,
        failures);
  }
}
