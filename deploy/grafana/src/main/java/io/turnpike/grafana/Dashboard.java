package io.turnpike.grafana;

import java.util.List;
import java.util.regex.Pattern;

/**
 * One dashboard.
 *
 * @param uid its name in addresses and of its file; never changes
 * @param title what people call it
 * @param says one sentence: the question it answers
 * @param variables what it can be narrowed to
 * @param rows its panels, in groups
 */
record Dashboard(String uid, String title, String says, List<Variable> variables, List<Row> rows) {

  /**
   * Something to choose by.
   *
   * @param name as in {@code $name}
   * @param label what people read
   * @param values the expression that lists its values
   */
  record Variable(String name, String label, String values) {}

  /**
   * Panels under one heading.
   *
   * @param title the heading
   */
  record Row(String title, List<Panel> panels) {

    static Row of(String title, Panel... panels) {
      return new Row(title, List.of(panels));
    }
  }

  /** How a panel draws. */
  enum Kind {
    /** Lines over time. */
    TIME_SERIES("timeseries", 8, 8),
    /** A line a node, coloured by its state: 0 ready, 1 joining, 2 suspect, 3 draining. */
    STATES("state-timeline", 24, 8),
    /** The last value, large. */
    STAT("stat", 4, 4);

    final String type;
    final int width;
    final int height;

    Kind(String type, int width, int height) {
      this.type = type;
      this.width = width;
      this.height = height;
    }
  }

  /**
   * One panel.
   *
   * @param title what is drawn
   * @param says one sentence: what it means, and what is good
   * @param unit Grafana's name of the unit
   * @param queries what is asked
   */
  record Panel(String title, String says, Kind kind, String unit, List<Query> queries) {

    private static final Pattern OF_TURNS =
        Pattern.compile(
            "turnpike_(turn|ttft|reasons|tries|handoff|cache|tokens|recognitions|resume)");

    /** Whether it is about what turns did, so that receipts tell more. */
    boolean isOfTurns() {
      return queries.stream().anyMatch(query -> OF_TURNS.matcher(query.expression).find());
    }

    static Panel lines(String title, String unit, String says, Query... queries) {
      return new Panel(title, says, Kind.TIME_SERIES, unit, List.of(queries));
    }

    static Panel states(String title, String says, Query query) {
      return new Panel(title, says, Kind.STATES, "short", List.of(query));
    }

    static Panel stat(String title, String unit, String says, String expression) {
      return new Panel(title, says, Kind.STAT, unit, List.of(new Query(expression, title)));
    }
  }

  /**
   * One expression.
   *
   * @param expression in PromQL
   * @param legend what its lines are called
   */
  record Query(String expression, String legend) {

    private static final Pattern WITH_EXEMPLARS =
        Pattern.compile(
            "turnpike_(ttft|turn_duration|prefill_duration|decode_first|resume_gap)_seconds_bucket");

    /** Whether its histogram carries the traces of single turns. */
    boolean hasExemplars() {
      return WITH_EXEMPLARS.matcher(expression).find();
    }

    static Query of(String legend, String expression) {
      return new Query(expression, legend);
    }
  }
}
