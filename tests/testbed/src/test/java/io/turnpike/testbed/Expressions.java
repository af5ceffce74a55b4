package io.turnpike.testbed;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Every expression of the dashboards, rules and alerts in {@code deploy}. */
final class Expressions {

  /** Where an expression stands, and what it is with every variable set to all. */
  record Expression(String place, String text) {}

  /** Series that are there in trouble only: alerts, and what limits turned away. */
  private static final Pattern TROUBLE =
      Pattern.compile("ALERTS\\b|turnpike:turned_away:|rate_limit_exceeded");

  private static final Pattern GROUPING =
      Pattern.compile("\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\(([^)]*)\\)");
  private static final Pattern SELECTOR =
      Pattern.compile("([a-zA-Z_:][\\w:]*)(\\{[^}]*})?(?!\\s*\\()(?![\\w:{])");
  private static final Set<String> WORDS = Set.of("and", "or", "unless", "bool", "offset");

  private Expressions() {}

  static List<Expression> ofPanels() throws IOException {
    List<Expression> found = new ArrayList<>();
    for (Path file : files("deploy/grafana/dashboards", "*.json")) {
      for (JsonNode panel : read(JsonMapper.shared(), file).path("panels")) {
        for (JsonNode target : panel.path("targets")) {
          found.add(
              new Expression(
                  file.getFileName() + ": " + panel.path("title").asString(),
                  withoutVariables(target.path("expr").asString())));
        }
      }
    }
    return found;
  }

  static List<Expression> ofRules() throws IOException {
    List<Expression> found = new ArrayList<>();
    for (JsonNode rule : rules()) {
      String name = rule.path("record").asString("") + rule.path("alert").asString("");
      found.add(new Expression(name, rule.path("expr").asString()));
    }
    return found;
  }

  /** Every rule, recording or alerting. */
  static List<JsonNode> rules() throws IOException {
    List<JsonNode> found = new ArrayList<>();
    for (Path file : files("deploy/prometheus/rules", "*.yml")) {
      for (JsonNode group : read(new YAMLMapper(), file).path("groups")) {
        group.path("rules").forEach(found::add);
      }
    }
    return found;
  }

  /** The expressions that list the values of the dashboards' variables, as series selectors. */
  static Set<String> ofVariables() throws IOException {
    Set<String> found = new LinkedHashSet<>();
    for (Path file : files("deploy/grafana/dashboards", "*.json")) {
      for (JsonNode variable : read(JsonMapper.shared(), file).at("/templating/list")) {
        Matcher values =
            Pattern.compile("label_values\\((.*), (\\w+)\\)")
                .matcher(withoutVariables(variable.path("query").asString()));
        if (values.matches()) {
          found.add("count by (" + values.group(2) + ") (" + values.group(1) + ")");
        }
      }
    }
    return found;
  }

  /**
   * What an expression selects: {@code name{labels}}, without ranges, and with every label by which
   * the expression groups.
   */
  static Set<String> selectors(String expression) {
    Set<String> found = new LinkedHashSet<>();
    String labels = labels(expression);
    String plain = GROUPING.matcher(expression).replaceAll(" ").replaceAll("\\[[^]]*]", " ");
    Matcher selector = SELECTOR.matcher(plain);
    while (selector.find()) {
      String name = selector.group(1);
      if (!WORDS.contains(name) && name.length() > 1) {
        String chosen = selector.group(2) == null ? "{" : selector.group(2).replace("}", ", ");
        found.add(name + chosen + labels + "}");
      }
    }
    return found;
  }

  private static String labels(String expression) {
    return GROUPING
        .matcher(expression)
        .results()
        .flatMap(grouping -> Pattern.compile("\\s*,\\s*").splitAsStream(grouping.group(1).strip()))
        .filter(label -> !label.isEmpty())
        .distinct()
        .map(label -> label + "!=\"\"")
        .collect(Collectors.joining(", "));
  }

  /** Whether it gives nothing while all is well; a test makes the trouble. */
  static boolean isOnlyInTrouble(String expression) {
    return TROUBLE.matcher(expression).find();
  }

  private static String withoutVariables(String expression) {
    return expression
        .replace("$__rate_interval", "1m")
        .replaceAll("\\$(job|model|role|node)\\b", ".*");
  }

  private static JsonNode read(ObjectMapper mapper, Path file) throws IOException {
    return mapper.readTree(Files.readString(file));
  }

  private static List<Path> files(String folder, String glob) throws IOException {
    List<Path> files = new ArrayList<>();
    Path in = ComposeStack.root().resolve(folder);
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(in, glob)) {
      stream.forEach(files::add);
    }
    return files.stream().sorted().toList();
  }
}
