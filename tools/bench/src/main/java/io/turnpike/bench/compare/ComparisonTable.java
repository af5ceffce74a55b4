package io.turnpike.bench.compare;

import io.turnpike.bench.compare.Comparison.Row;
import io.turnpike.bench.compare.Comparison.Totals;
import io.turnpike.bench.engine.CacheCounts;
import io.turnpike.bench.engine.CacheLedger;
import io.turnpike.bench.figures.Confidence;
import io.turnpike.bench.figures.KvSize;
import io.turnpike.bench.report.LoadNotes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A comparison as text of at most 100 columns, and as JSON. */
public final class ComparisonTable {

  private ComparisonTable() {}

  /** For people. */
  public static String text(Comparison comparison, Map<String, CacheLedger> caches, KvSize kv) {
    StringBuilder text = new StringBuilder();
    String first = comparison.modes().get(0);
    String second = comparison.modes().get(1);
    line(text, "", "", "TTFT ms (95 %)", "", "", "E2E ms (95 %)", "", "");
    line(text, "turn", "pairs", first, second, "speed-up", first, second, "speed-up");
    comparison.turns().forEach(row -> row(text, Integer.toString(row.turn()), row));
    if (comparison.turns().size() > 2) {
      row(text, "2+", comparison.later());
    }
    Paired whole = comparison.conversation();
    line(
        text,
        "all",
        Integer.toString(whole.first().runs()),
        "",
        "",
        "",
        cell(whole.first()),
        cell(whole.second()),
        speedUp(whole, Comparison.isSure(whole) ? " " : "~"));
    text.append("speed-up: time of %s ÷ time of %s\n".formatted(first, second));
    text.append(
        "~ not sure: the 95 % interval of the difference, conversation by conversation, has 0");
    text.append(
        "\n  in it, or there are fewer than %d conversations\n".formatted(Comparison.FEWEST));
    text.append("= the same way in both modes: what differs is noise\n\n");
    totals(text, comparison.totals());
    text.append('\n');
    caches(text, caches, kv);
    return text.toString();
  }

  private static void row(StringBuilder text, String name, Row row) {
    line(
        text,
        name,
        Integer.toString(row.pairs()),
        cell(row.ttft().first()),
        cell(row.ttft().second()),
        speedUp(row.ttft(), mark(row, row.ttft())),
        cell(row.e2e().first()),
        cell(row.e2e().second()),
        speedUp(row.e2e(), mark(row, row.e2e())));
  }

  private static void line(StringBuilder text, Object... cells) {
    text.append(String.format(Locale.ROOT, "%-4s %5s %15s %15s %9s %16s %16s %9s%n", cells));
  }

  private static String cell(Confidence of) {
    if (of.runs() == 0) {
      return "-";
    }
    return of.isKnown() ? millis(of.mean()) + " ± " + millis(of.half()) : millis(of.mean());
  }

  private static String millis(double value) {
    return String.format(Locale.ROOT, value < 1000 ? "%.1f" : "%.0f", value);
  }

  private static String mark(Row row, Paired of) {
    return row.sameWay() ? "=" : row.isSure(of) ? " " : "~";
  }

  private static String speedUp(Paired of, String mark) {
    if (of.first().runs() == 0) {
      return "-";
    }
    return String.format(Locale.ROOT, "%.2f×%s", of.speedUp(), mark);
  }

  private static void totals(StringBuilder text, List<Totals> totals) {
    text.append(
        String.format(
            "%-11s %11s %10s %10s %10s  %s%n",
            "mode",
            "turns fine",
            "prompt tok",
            "cached tok",
            "output tok",
            "routes (turn route ×)"));
    for (Totals of : totals) {
      text.append(
          String.format(
              "%-11s %11s %10d %10d %10d  %s%n",
              of.mode(),
              of.successes() + " of " + of.asked(),
              of.promptTokens(),
              of.cachedTokens(),
              of.outputTokens(),
              shortened(routes(of.routes()))));
    }
    for (Totals of : totals) {
      if (!of.failures().isEmpty()) {
        text.append(
            "%s, turns that failed: %s%n".formatted(of.mode(), LoadNotes.words(of.failures())));
      }
    }
  }

  /** Turns with the same routes are told together. */
  private static String routes(Map<String, Long> byTurn) {
    Map<String, Long> told = new LinkedHashMap<>();
    byTurn.forEach(
        (turnAndRoute, count) -> {
          String[] parts = turnAndRoute.split(" ", 2);
          String turns = parts[0].equals("1") ? "1" : "2+";
          told.merge(turns + " " + parts[1], count, Long::sum);
        });
    StringBuilder text = new StringBuilder();
    told.forEach(
        (what, count) -> text.append(text.isEmpty() ? "" : ", ").append(what + " ×" + count));
    return text.toString();
  }

  private static String shortened(String routes) {
    String text = routes.replace("disaggregated", "P→D").replace("decode-direct", "D");
    return text.length() > 40 ? text.substring(0, 37) + "…" : text;
  }

  private static void caches(StringBuilder text, Map<String, CacheLedger> caches, KvSize kv) {
    text.append("Prefix caches of the engines, from their own metrics (tokens):\n");
    text.append(
        String.format(
            "%-11s %-8s %10s %10s %9s %16s %10s%n",
            "mode", "role", "looked up", "found", "hit rate", "received from P", "MB"));
    for (Map.Entry<String, CacheLedger> mode : caches.entrySet()) {
      if (mode.getValue().byRole().isEmpty()) {
        text.append(
            "%-11s unknown: %s%n"
                .formatted(
                    mode.getKey(),
                    mode.getValue().isBegun()
                        ? "the server names no engines (see --engine-metrics)"
                        : "nothing was measured"));
      }
      for (Map.Entry<String, @Nullable CacheCounts> role : mode.getValue().byRole().entrySet()) {
        cache(text, mode.getKey() + " " + role.getKey(), role.getValue(), kv);
      }
    }
  }

  private static void cache(
      StringBuilder text, String modeAndRole, @Nullable CacheCounts counts, KvSize kv) {
    String mode = modeAndRole.split(" ", -1)[0];
    String role = modeAndRole.split(" ", -1)[1];
    if (counts == null) {
      text.append(
          "%-11s %-8s unknown: not all of them gave metrics throughout%n".formatted(mode, role));
    } else if (counts.queried() > 0) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-11s %-8s %10d %10d %7.1f %% %16d %10.1f%n",
              mode,
              role,
              counts.queried(),
              counts.hit(),
              100.0 * counts.hit() / counts.queried(),
              counts.received(),
              kv.megabytes(counts.received())));
    }
  }
}
