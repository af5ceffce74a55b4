package io.turnpike.bench.plot;

import io.turnpike.bench.merge.Point;
import io.turnpike.bench.merge.Verdict;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What a conversation costs in tokens: computed, found in a cache, moved from P to D. */
final class CostCards {

  private CostCards() {}

  /** Tokens of one conversation, mean over all rates. */
  private record Cost(double computed, double cached, double moved, boolean isBound) {
    static Cost of(List<Point> points) {
      double computed = 0;
      double cached = 0;
      double moved = 0;
      boolean bound = false;
      for (int turn = 1; turn <= points.getFirst().turns(); turn++) {
        int number = turn;
        List<JsonNode> of = points.stream().map(p -> p.turn(number)).toList();
        double count = Math.max(1, sum(of, "success_count"));
        cached += sum(of, "cached_tokens") / count;
        computed += (sum(of, "prompt_tokens") - sum(of, "cached_tokens")) / count;
        moved += sum(of, "transferred_tokens") / count;
        bound |= of.stream().anyMatch(t -> t.path("transferred_is_bound").asBoolean(false));
      }
      return new Cost(computed, cached, moved, bound);
    }

    private static double sum(List<JsonNode> of, String key) {
      return of.stream().mapToDouble(t -> t.path(key).asDouble(0)).sum();
    }

    double most() {
      return Math.max(computed, Math.max(cached, moved));
    }
  }

  static String html(List<Point> points) {
    boolean known = points.stream().anyMatch(p -> p.turn(1).path("prompt_tokens").asDouble(0) > 0);
    if (!known) {
      return "";
    }
    StringBuilder html = new StringBuilder("<h2>What a conversation costs</h2>\n");
    html.append("<p class='soft'>Prompt tokens of all its turns: full bar computed, pale bar found")
        .append(" in a cache, hatched bar moved from P to D. Mean over all rates.</p>\n")
        .append("<div class='charts'>\n");
    for (String workload : Verdict.workloads(points)) {
      card(html, workload, points.stream().filter(p -> p.workload().equals(workload)).toList());
    }
    return html.append("</div>\n").toString();
  }

  private static void card(StringBuilder html, String workload, List<Point> points) {
    List<String> modes = HtmlReport.modes(points);
    List<Cost> costs =
        modes.stream()
            .map(mode -> Cost.of(points.stream().filter(p -> p.mode().equals(mode)).toList()))
            .toList();
    double most = Math.max(1, costs.stream().mapToDouble(Cost::most).max().orElse(1));
    html.append("<figure><h3>%s</h3><table class='cost'>\n".formatted(Html.escape(workload)));
    for (int i = 0; i < modes.size(); i++) {
      Cost cost = costs.get(i);
      html.append(
          "<tr class='%s'><td>%s</td><td>"
              .formatted(Palette.css(modes.get(i)), Html.escape(modes.get(i))));
      bar(html, "", cost.computed(), most);
      bar(html, " cached", cost.cached(), most);
      bar(html, " moved", cost.moved(), most);
      html.append(
          "</td></tr>\n<tr><td></td><td class='soft'>%s</td></tr>\n".formatted(words(cost)));
    }
    html.append("</table></figure>\n");
  }

  private static String words(Cost cost) {
    List<String> words = new ArrayList<>();
    words.add(Html.whole(cost.computed()) + " computed");
    if (cost.cached() > 0) {
      words.add(Html.whole(cost.cached()) + " cached");
    }
    if (cost.moved() > 0) {
      words.add((cost.isBound() ? "at most " : "") + Html.whole(cost.moved()) + " moved");
    }
    return String.join(" · ", words);
  }

  private static void bar(StringBuilder html, String kind, double value, double most) {
    if (value > 0) {
      html.append(
          "<span class='bar%s' style='--w:%s'></span>"
              .formatted(kind, Html.plain(100 * value / most)));
    }
  }
}
