package io.turnpike.bench.study;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The tables of {@code docs/study/README.md}: the committed figures of the model beside the
 * measured ones. Directions agree if both differences have the same sign or one of them is within
 * 10 %.
 */
final class StudyReading {

  private static final String MEASURED =
      "/io/turnpike/simulator/validate/measured-h100-2gpu-turn2.csv";
  private static final double EVEN_PERCENT = 10;
  private static final double SAME = 1.05;

  /** What modes are compared by. */
  enum Compared {
    TTFT("avg_ttft", "ttft_avg_ms"),
    TPOT("avg_tpot", "tpot_avg_ms");

    private final String modelKey;
    private final String measuredKey;

    Compared(String modelKey, String measuredKey) {
      this.modelKey = modelKey;
      this.measuredKey = measuredKey;
    }
  }

  private final Map<String, Map<String, String>> model;
  private final Map<String, Map<String, String>> measured;

  StudyReading(Path figures) throws IOException {
    model = rows(Files.readAllLines(figures));
    try (InputStream in =
        Objects.requireNonNull(StudyReading.class.getResourceAsStream(MEASURED))) {
      measured = rows(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
    }
  }

  /** Lines by workload, rate and mode; of figures only turn 2. */
  private static Map<String, Map<String, String>> rows(List<String> lines) {
    List<String> plain = lines.stream().filter(l -> !l.startsWith("#")).toList();
    List<String> heads = List.of(plain.getFirst().split(",", -1));
    Map<String, Map<String, String>> rows = new LinkedHashMap<>();
    for (String line : plain.subList(1, plain.size())) {
      String[] fields = line.split(",", -1);
      Map<String, String> row = new LinkedHashMap<>();
      for (int i = 0; i < fields.length; i++) {
        row.put(heads.get(i), fields[i]);
      }
      if (row.getOrDefault("turn", "2").equals("2")) {
        rows.put(
            key(get(row, "workload"), Double.parseDouble(get(row, "qps")), get(row, "mode")), row);
      }
    }
    return rows;
  }

  private static String get(Map<String, String> row, String name) {
    return Objects.requireNonNull(row.get(name), name);
  }

  private static String key(String workload, double qps, String mode) {
    return workload + "@" + qps + "/" + mode;
  }

  private List<String> workloads() {
    return model.values().stream().map(row -> get(row, "workload")).distinct().toList();
  }

  private List<Double> rates() {
    return model.values().stream()
        .map(row -> Double.parseDouble(get(row, "qps")))
        .distinct()
        .toList();
  }

  /** A committed figure of turn 2. */
  double model(String workload, double qps, String mode, String name) {
    return Double.parseDouble(
        get(Objects.requireNonNull(model.get(key(workload, qps, mode))), name));
  }

  private double measured(String workload, double qps, String mode, String name) {
    return Double.parseDouble(
        get(Objects.requireNonNull(measured.get(key(workload, qps, mode))), name));
  }

  /** How much smaller or larger one mode's mean is than another's, and where that is wrong. */
  String pair(String one, String two, Compared what) {
    List<String> half = new ArrayList<>();
    List<String> opposite = new ArrayList<>();
    StringBuilder table = heads();
    for (String workload : workloads()) {
      table.append("| ").append(workload).append(" |");
      for (double qps : rates()) {
        double ours =
            percent(
                model(workload, qps, one, what.modelKey), model(workload, qps, two, what.modelKey));
        double theirs =
            percent(
                measured(workload, qps, one, what.measuredKey),
                measured(workload, qps, two, what.measuredKey));
        int apart = Math.abs(direction(ours) - direction(theirs));
        String mark = List.of("", "*", "**").get(apart);
        String where = workload + " at " + number(qps);
        switch (apart) {
          case 1 -> half.add(where);
          case 2 -> opposite.add(where);
          default -> {}
        }
        table.append(String.format(Locale.ROOT, " %s%+.0f [%+.0f]%1$s |", mark, ours, theirs));
      }
      table.append('\n');
    }
    return table.append('\n').append(agreement(half, opposite)).toString();
  }

  private static int direction(double percent) {
    return Math.abs(percent) <= EVEN_PERCENT ? 0 : percent < 0 ? -1 : 1;
  }

  private String agreement(List<String> half, List<String> opposite) {
    int all = workloads().size() * rates().size();
    return "Same direction in %d of %d cells. One even, the other not: %s. Opposite: %s.\n"
        .formatted(all - half.size() - opposite.size(), all, list(half), list(opposite));
  }

  private static String list(List<String> cells) {
    return cells.isEmpty() ? "none" : String.join(", ", cells);
  }

  /** Who has the smallest mean TTFT of the three measured modes. */
  String winners() {
    StringBuilder table = heads();
    int same = 0;
    for (String workload : workloads()) {
      table.append("| ").append(workload).append(" |");
      for (double qps : rates()) {
        String ours = best(mode -> model(workload, qps, mode, "avg_ttft"));
        String theirs = best(mode -> measured(workload, qps, mode, Compared.TTFT.measuredKey));
        boolean shared =
            List.of(ours.split(" = ")).stream().anyMatch(List.of(theirs.split(" = "))::contains);
        same += shared ? 1 : 0;
        String cell = ours + " [" + theirs + "]";
        table.append(' ').append(shared ? cell : "**" + cell + "**").append(" |");
      }
      table.append('\n');
    }
    return table
        + "\nModel and measurement share a winner in %d of %d cells.\n"
            .formatted(same, workloads().size() * rates().size());
  }

  private interface Figure {
    double of(String mode);
  }

  private static String best(Figure figure) {
    Map<String, Double> means = new TreeMap<>();
    for (String mode : List.of("pd", "ppd", "replication")) {
      means.put(mode, figure.of(mode));
    }
    double least = means.values().stream().mapToDouble(v -> v).min().orElse(0);
    return means.entrySet().stream()
        .filter(e -> e.getValue() <= SAME * least)
        .map(e -> e.getKey().equals("replication") ? "repl" : e.getKey())
        .collect(Collectors.joining(" = "));
  }

  /** Mean TTFT of turn 2 in ms, the model's with its interval, the measured one in brackets. */
  String figures() {
    StringBuilder table =
        new StringBuilder(
            "| workload, QPS | pd | ppd | replication | adaptive |\n|---|---|---|---|---|\n");
    for (String workload : workloads()) {
      for (double qps : rates()) {
        table.append("| %s, %s |".formatted(workload, number(qps)));
        for (String mode : List.of("pd", "ppd", "replication", "adaptive")) {
          String half =
              get(Objects.requireNonNull(model.get(key(workload, qps, mode))), "avg_ttft_half95");
          table.append(' ').append(millis(model(workload, qps, mode, "avg_ttft")));
          table.append(" ± ").append(millis(Double.parseDouble(half)));
          if (!mode.equals("adaptive")) {
            table
                .append(" [")
                .append(millis(measured(workload, qps, mode, Compared.TTFT.measuredKey)))
                .append(']');
          }
          table.append(" |");
        }
        table.append('\n');
      }
    }
    return table.toString();
  }

  private StringBuilder heads() {
    StringBuilder table = new StringBuilder("| QPS |");
    rates().forEach(qps -> table.append(' ').append(number(qps)).append(" |"));
    return table.append("\n|---|").repeat("---|", rates().size()).append('\n');
  }

  private static double percent(double one, double two) {
    return 100 * (one / two - 1);
  }

  private static String millis(double value) {
    return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%,.0f", value);
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
