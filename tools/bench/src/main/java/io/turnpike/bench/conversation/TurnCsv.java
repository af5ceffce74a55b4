package io.turnpike.bench.conversation;

import io.turnpike.bench.client.Failure;
import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.figures.KvSize;
import io.turnpike.bench.report.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Every turn of every conversation as a CSV line. */
public final class TurnCsv {

  private static final String HEADER =
      "mode,conversation,name,turn,lag_ms,ttft_ms,tpot_ms,e2e_ms,prompt_tokens,output_tokens,"
          + "cached_tokens,cumulative_tokens,kv_mb,token_source,route,receipt,failure";

  private TurnCsv() {}

  /**
   * A turn.
   *
   * @param mode in which it was asked; empty where there is one only
   * @param name of its conversation
   */
  public record Line(String mode, String name, Measurement measured) {}

  /** Writes them all. */
  public static void write(Path file, List<Line> lines, KvSize kv) throws IOException {
    StringBuilder text = new StringBuilder(HEADER).append('\n');
    lines.forEach(line -> text.append(line(line, kv)).append('\n'));
    AtomicFile.write(file, text.toString());
  }

  private static String line(Line line, KvSize kv) {
    Measurement m = line.measured();
    Failure failure = m.failure();
    boolean ok = failure == null;
    int tokens = ok ? m.promptTokens() + m.outputTokens() : 0;
    return String.format(
        Locale.ROOT,
        "%s,%d,%s,%d,%.3f,%s,%s,%s,%d,%d,%d,%d,%.3f,%s,%s,%s,%s",
        line.mode(),
        m.conversation(),
        quoted(line.name()),
        m.turn(),
        m.lagNanos() / 1e6,
        millis(ok, m.ttftMillis()),
        millis(ok, m.tpotMillis()),
        millis(ok, m.e2eMillis()),
        m.promptTokens(),
        m.outputTokens(),
        m.cachedTokens(),
        tokens,
        kv.megabytes(tokens),
        m.tokenSource().word(),
        m.route(),
        m.receipt(),
        failure == null ? "" : failure.reason());
  }

  /** Names of sessions come from traces. */
  private static String quoted(String name) {
    boolean plain = name.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? name : '"' + name.replace("\"", "\"\"") + '"';
  }

  private static String millis(boolean known, double value) {
    return known ? String.format(Locale.ROOT, "%.3f", value) : "";
  }
}
