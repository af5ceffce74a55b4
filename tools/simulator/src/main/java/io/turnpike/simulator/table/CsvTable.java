package io.turnpike.simulator.table;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;

/**
 * A comma-separated table with a header line, values without commas or quotes.
 *
 * @param header the columns' names
 * @param rows the lines below it
 */
public record CsvTable(List<String> header, List<Row> rows) {

  /**
   * One line.
   *
   * @param line counted from 1 in the file
   * @param values as many as the header has
   */
  public record Row(int line, List<String> header, List<String> values) {

    /** The value of a column. */
    public String text(String column) {
      int index = header.indexOf(column);
      if (index < 0) {
        throw new IllegalArgumentException(
            "line 1: no column \"%s\" (found: %s)".formatted(column, String.join(", ", header)));
      }
      return values.get(index);
    }

    /** The value of a column, or another one if there is none. */
    public String text(String column, String otherwise) {
      return header.contains(column) && !text(column).isEmpty() ? text(column) : otherwise;
    }

    /** The value of a column that holds numbers. */
    public double number(String column) {
      String text = text(column);
      try {
        return Double.parseDouble(text);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            "line %d, %s: \"%s\" (expected: a number)".formatted(line, column, text), e);
      }
    }

    /** The value of a column that holds whole numbers, or another one if there is none. */
    public int count(String column, int otherwise) {
      return text(column, "").isEmpty() ? otherwise : count(column);
    }

    /** The value of a column that holds whole numbers. */
    public int count(String column) {
      return (int) Math.round(number(column));
    }
  }

  /** Reads a table. */
  public static CsvTable read(Reader reader) throws IOException {
    BufferedReader lines = new BufferedReader(reader);
    String first = lines.readLine();
    if (first == null) {
      throw new IllegalArgumentException("line 1: empty (expected: the columns' names)");
    }
    List<String> header = split(first);
    List<Row> rows = new ArrayList<>();
    int number = 1;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      List<String> values = split(line);
      if (values.size() != header.size()) {
        throw new IllegalArgumentException(
            "line %d: %d values (expected: %d)".formatted(number, values.size(), header.size()));
      }
      rows.add(new Row(number, header, values));
    }
    return new CsvTable(header, List.copyOf(rows));
  }

  private static List<String> split(String line) {
    return List.of(line.strip().split(",", -1));
  }
}
