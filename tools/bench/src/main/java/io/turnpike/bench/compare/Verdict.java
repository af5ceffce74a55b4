package io.turnpike.bench.compare;

import io.turnpike.bench.compare.Comparison.Row;
import io.turnpike.bench.compare.Comparison.Totals;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A comparison in a sentence or two. */
public final class Verdict {

  private Verdict() {}

  /** The sentences. */
  public static List<String> of(Comparison comparison) {
    Row later = comparison.later();
    if (later.pairs() == 0) {
      return List.of("Nothing can be compared: no turn succeeded in both modes.");
    }
    String which = comparison.turns().size() == 1 ? "turn 1" : "turns after the first";
    return List.of(
        sentence("TTFT of " + which, later, later.ttft(), comparison.modes()),
        sentence("E2E of " + which, later, later.e2e(), comparison.modes()));
  }

  /** What makes the comparison doubtful; empty if nothing does. */
  public static List<String> doubts(Comparison comparison) {
    List<String> doubts = new ArrayList<>();
    for (Totals of : comparison.totals()) {
      long direct =
          of.routes().entrySet().stream()
              .filter(route -> route.getKey().endsWith(" decode-direct"))
              .mapToLong(Map.Entry::getValue)
              .sum();
      if (of.mode().equals("pd") && direct > 0) {
        doubts.add(
            ("%d turns of mode pd went straight to D: somebody else switched the mode, or a leg"
                    + " failed (GET /receipts says which)")
                .formatted(direct));
      }
    }
    return doubts;
  }

  private static String sentence(String what, Row row, Paired of, List<String> modes) {
    String figures =
        String.format(
            Locale.ROOT,
            "%s %.1f ms, %s %.1f ms",
            modes.get(0),
            of.first().mean(),
            modes.get(1),
            of.second().mean());
    if (!of.difference().isKnown()) {
      return "%s: %s; one conversation says nothing about noise (ask more with --conversations)."
          .formatted(what, figures);
    }
    String difference =
        String.format(
            Locale.ROOT,
            "%.1f ± %.1f ms over %d conversations",
            Math.abs(of.difference().mean()),
            of.difference().half(),
            row.pairs());
    if (of.isWithinNoise()) {
      return "%s: no difference beyond noise (%s; differ by %s)."
          .formatted(what, figures, difference);
    }
    if (row.sameWay()) {
      return "%s: the same way in both modes, so what differs is noise (%s; differ by %s)."
          .formatted(what, figures, difference);
    }
    if (!row.isSure(of)) {
      return "%s: too few conversations to be sure (%s; differ by %s; ask %d or more)."
          .formatted(what, figures, difference, Comparison.FEWEST);
    }
    boolean secondAhead = of.speedUp() > 1;
    return String.format(
        Locale.ROOT,
        "%s: %s is %.2f times as fast as %s (%s; differ by %s).",
        what,
        modes.get(secondAhead ? 1 : 0),
        secondAhead ? of.speedUp() : 1 / of.speedUp(),
        modes.get(secondAhead ? 0 : 1),
        figures,
        difference);
  }
}
