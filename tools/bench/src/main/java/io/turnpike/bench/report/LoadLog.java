package io.turnpike.bench.report;

import io.turnpike.bench.client.Failure;
import io.turnpike.bench.client.Measurement;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** What people read afterwards: what ran, each failure as it came, and the result. Thread-safe. */
public final class LoadLog implements AutoCloseable {

  /** More of them say nothing new; the CSV has them all. */
  private static final int MOST_FAILURES = 1000;

  private final BufferedWriter out;
  private int failures;

  /**
   * Starts a file anew.
   *
   * @param environment what it is measured with
   * @param config what is asked for
   */
  public LoadLog(Path file, Instant now, Environment environment, Object config)
      throws IOException {
    out = Files.newBufferedWriter(file);
    line("time: " + now);
    for (Object part : List.of(environment, config)) {
      JsonNode all = ResultJson.MAPPER.valueToTree(part);
      all.properties().forEach(one -> line(one.getKey() + ": " + text(one.getValue())));
    }
    line("");
  }

  private static String text(JsonNode value) {
    return value.isNull() ? "-" : value.isContainer() ? value.toString() : value.asString();
  }

  /** Writes a line for a failure. */
  public synchronized void add(Measurement m) {
    Failure failure = m.failure();
    if (failure != null && failures++ < MOST_FAILURES) {
      line(
          String.format(
              Locale.ROOT,
              "request %d failed after %.1f ms: %s %s",
              m.index(),
              m.e2eMillis(),
              failure.reason(),
              failure.detail()));
    }
  }

  /** Writes the result's text. */
  public synchronized void result(String text) {
    if (failures > MOST_FAILURES) {
      line("and %d failures more".formatted(failures - MOST_FAILURES));
    }
    line(text);
  }

  private void line(String text) {
    try {
      out.write(text);
      out.newLine();
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    out.close();
  }
}
