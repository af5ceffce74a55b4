package io.turnpike.grafana;

import io.turnpike.grafana.Dashboard.Kind;
import io.turnpike.grafana.Dashboard.Panel;
import io.turnpike.grafana.Dashboard.Query;
import io.turnpike.grafana.Dashboard.Row;
import io.turnpike.grafana.Dashboard.Variable;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A dashboard as Grafana 11 and later read it (schema version 39). */
final class DashboardJson {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int SCHEMA_VERSION = 39;
  private static final int COLUMNS = 24;
  private static final String DATA_SOURCE = "${datasource}";

  private int panelId;
  private int x;
  private int y;

  private DashboardJson() {}

  /** The file's text. */
  static String of(Dashboard dashboard) {
    return JSON.writerWithDefaultPrettyPrinter()
            .writeValueAsString(new DashboardJson().render(dashboard))
        + "\n";
  }

  private ObjectNode render(Dashboard dashboard) {
    ObjectNode json = object();
    json.put("uid", "turnpike-" + dashboard.uid());
    json.put("title", "Turnpike " + dashboard.title()).put("description", dashboard.says());
    json.put("schemaVersion", SCHEMA_VERSION).put("version", 1).put("editable", false);
    json.put("graphTooltip", 1).put("refresh", "10s").put("timezone", "browser");
    json.putArray("tags").add("turnpike");
    json.putObject("time").put("from", "now-30m").put("to", "now");
    json.putObject("annotations").putArray("list");
    links(json.putArray("links"));
    ArrayNode variables = json.putObject("templating").putArray("list");
    variables
        .addObject()
        .put("name", "datasource")
        .put("label", "Data source")
        .put("type", "datasource")
        .put("query", "prometheus");
    dashboard.variables().forEach(variable -> variables.add(variable(variable)));
    ArrayNode panels = json.putArray("panels");
    dashboard.rows().forEach(row -> row(panels, row));
    return json;
  }

  private static void links(ArrayNode links) {
    links
        .addObject()
        .put("title", "Turnpike")
        .put("type", "dashboards")
        .put("asDropdown", false)
        .put("includeVars", false)
        .put("keepTime", true)
        .putArray("tags")
        .add("turnpike");
    receipts(links).put("type", "link").put("icon", "external link").putArray("tags");
  }

  private static ObjectNode receipts(ArrayNode links) {
    return links
        .addObject()
        .put("title", "Receipts of the last turns")
        .put("targetBlank", true)
        .put("url", "http://localhost:10001/receipts");
  }

  private static ObjectNode variable(Variable variable) {
    ObjectNode json = object();
    json.put("name", variable.name()).put("label", variable.label()).put("type", "query");
    json.set("datasource", dataSource());
    json.put("query", variable.values()).put("definition", variable.values());
    json.put("refresh", 2).put("sort", 1);
    json.put("multi", true).put("includeAll", true).put("allValue", ".*");
    json.putObject("current").put("text", "All").put("value", "$__all");
    return json;
  }

  private void row(ArrayNode panels, Row row) {
    ObjectNode heading = panels.addObject();
    heading.put("id", ++panelId).put("type", "row").put("title", row.title());
    heading.put("collapsed", false).putArray("panels");
    place(heading, COLUMNS, 1);
    int height = 0;
    for (Panel panel : row.panels()) {
      if (x + panel.kind().width > COLUMNS) {
        x = 0;
        y += height;
      }
      panels.add(panel(panel));
      height = panel.kind().height;
    }
    if (x > 0) {
      x = 0;
      y += height;
    }
  }

  private ObjectNode panel(Panel panel) {
    ObjectNode json = object();
    json.put("id", ++panelId).put("type", panel.kind().type).put("title", panel.title());
    json.put("description", panel.says());
    json.set("datasource", dataSource());
    place(json, panel.kind().width, panel.kind().height);
    ObjectNode field = json.putObject("fieldConfig");
    ObjectNode defaults = field.putObject("defaults").put("unit", panel.unit());
    drawing(defaults, panel.kind());
    field.putArray("overrides");
    options(json.putObject("options"), panel.kind());
    targets(json.putArray("targets"), panel.queries());
    if (panel.kind() == Kind.TIME_SERIES && panel.isOfTurns()) {
      receipts(json.putArray("links"));
    }
    return json;
  }

  private static void drawing(ObjectNode defaults, Kind kind) {
    switch (kind) {
      case TIME_SERIES -> {
        defaults.put("min", 0);
        defaults.putObject("custom").put("fillOpacity", 8).put("showPoints", "never");
      }
      case STATES -> {
        defaults.putObject("custom").put("fillOpacity", 80).put("lineWidth", 0);
        ObjectNode values =
            defaults.putArray("mappings").addObject().put("type", "value").putObject("options");
        state(values, 0, "ready", "green");
        state(values, 1, "joining", "blue");
        state(values, 2, "suspect", "red");
        state(values, 3, "draining", "yellow");
      }
      case STAT -> {}
    }
  }

  private static void state(ObjectNode values, int value, String text, String color) {
    values
        .putObject(Integer.toString(value))
        .put("text", text)
        .put("color", color)
        .put("index", value);
  }

  private static void options(ObjectNode options, Kind kind) {
    switch (kind) {
      case TIME_SERIES -> {
        options.putObject("tooltip").put("mode", "multi").put("sort", "desc");
        options.putObject("legend").put("displayMode", "list").put("placement", "bottom");
      }
      case STATES -> {
        options.put("showValue", "never").put("mergeValues", true).put("rowHeight", 0.8);
        options.putObject("legend").put("displayMode", "list").put("placement", "bottom");
      }
      case STAT -> {
        options.put("colorMode", "value").put("graphMode", "area");
        options.putObject("reduceOptions").putArray("calcs").add("lastNotNull");
      }
    }
  }

  private static void targets(ArrayNode targets, List<Query> queries) {
    char name = 'A';
    for (Query query : queries) {
      ObjectNode target = targets.addObject();
      target.set("datasource", dataSource());
      target.put("refId", String.valueOf(name++)).put("expr", query.expression());
      target.put("legendFormat", query.legend()).put("range", true);
      target.put("exemplar", query.hasExemplars());
    }
  }

  /** Takes the next free place of that size. */
  private void place(ObjectNode json, int width, int height) {
    json.putObject("gridPos").put("x", x).put("y", y).put("w", width).put("h", height);
    x += width;
    if (x >= COLUMNS) {
      x = 0;
      y += height;
    }
  }

  private static ObjectNode dataSource() {
    return object().put("type", "prometheus").put("uid", DATA_SOURCE);
  }

  private static ObjectNode object() {
    return JSON.createObjectNode();
  }
}
