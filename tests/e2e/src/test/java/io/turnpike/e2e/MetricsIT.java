package io.turnpike.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code docs/metrics.md} says what services say, no more and no less. */
class MetricsIT {

  private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (turnpike_\\w+) (\\w+)$");
  private static final Pattern SAMPLE = Pattern.compile("(?m)^(turnpike_\\w+)\\{(.*)} ");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `(turnpike_\\w+)` \\| (\\w+) \\| [^|]+ \\|([^|]*)\\|");
  private static final Pattern VALUES =
      Pattern.compile("(?m)^\\| `(\\w+)` \\| [^|]+ \\| (`.*) \\|$");
  private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

  /** What Micrometer adds to those of the code. */
  private static final Set<String> OF_HISTOGRAMS = Set.of("le");

  private String page;
  private final Map<String, String> types = new TreeMap<>();
  private final Map<String, Set<String>> labels = new HashMap<>();
  private final Map<String, Set<String>> values = new HashMap<>();

  @BeforeEach
  void ask() throws IOException {
    page = Files.readString(SuiteStack.root().resolve("docs/metrics.md"), UTF_8);
    SuiteStack suite = SuiteStack.shared();
    suite.post(suite.proxies().getFirst(), "/v1/chat/completions", "{"); // the first refusal
    String first =
        SuiteStack.chat(2, false, "A chat whose KV is handed over, " + System.nanoTime());
    suite.turn(suite.proxies().getFirst(), first);
    suite.mode(suite.proxies().getFirst(), "adaptive"); // its paths are priced
    suite.turn(suite.proxies().getFirst(), SuiteStack.chat(2, true, "Of prices."));
    suite.mode(suite.proxies().getFirst(), "ppd");
    for (var component : suite.stack.components()) {
      if (Set.of("registry", "proxy", "replication").contains(component.role())) {
        URI metrics = component.ready().resolve("/actuator/prometheus");
        read(suite.send(HttpRequest.newBuilder(metrics).build()).body());
      }
    }
  }

  private void read(String text) {
    Matcher type = TYPE.matcher(text);
    while (type.find()) {
      types.put(type.group(1), type.group(2));
    }
    Matcher sample = SAMPLE.matcher(text);
    while (sample.find()) {
      String name = sample.group(1).replaceFirst("_(bucket|sum|count)$", "");
      Matcher label = LABEL.matcher(sample.group(2));
      while (label.find()) {
        if (!OF_HISTOGRAMS.contains(label.group(1))) {
          labels.computeIfAbsent(name, _ -> new TreeSet<>()).add(label.group(1));
          values.computeIfAbsent(label.group(1), _ -> new HashSet<>()).add(label.group(2));
        }
      }
    }
  }

  @Test
  void names_types_andLabels_areThePages() {
    Map<String, String> said = new TreeMap<>();
    Map<String, Set<String>> saidLabels = new HashMap<>();
    Matcher row = ROW.matcher(page);
    while (row.find()) {
      said.put(row.group(1), row.group(2));
      if (Set.of("histogram", "summary").contains(row.group(2))) {
        said.put(row.group(1) + "_max", "gauge");
        saidLabels.put(row.group(1) + "_max", quoted(row.group(3)));
      }
      saidLabels.put(row.group(1), quoted(row.group(3)));
    }
    assertThat(types).isEqualTo(said);
    for (String name : types.keySet()) {
      assertThat(labels.getOrDefault(name, Set.of())).as(name).isEqualTo(saidLabels.get(name));
    }
  }

  @Test
  void labels_haveTheValuesOfThePage() {
    Map<String, Set<String>> said = new HashMap<>();
    Matcher row = VALUES.matcher(page);
    while (row.find()) {
      said.computeIfAbsent(row.group(1), _ -> new HashSet<>()).addAll(quoted(row.group(2)));
    }
    assertThat(said).isNotEmpty();
    said.forEach((label, bound) -> assertThat(bound).as(label).isSubsetOf(values.get(label)));
    for (String closed : Set.of("route", "event", "role", "state", "match")) {
      assertThat(values.get(closed)).as(closed).isEqualTo(said.get(closed));
    }
  }

  private static Set<String> quoted(String text) {
    Set<String> words = new TreeSet<>();
    Matcher word = QUOTED.matcher(text);
    while (word.find()) {
      words.add(word.group(1));
    }
    return words;
  }
}
