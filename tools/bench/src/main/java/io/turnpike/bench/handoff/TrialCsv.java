package io.turnpike.bench.handoff;

import io.turnpike.bench.client.Measurement;
import io.turnpike.bench.report.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Locale;

/** Every trial as a CSV line; times in ms, empty where there was none. */
public final class TrialCsv {

  private static final String HEADER =
      "asked_tokens,repeat,way,prompt_tokens,cached_tokens,ttft_ms,e2e_ms,p_prefill_ms,d_first_ms,"
          + "gateway_ms,route,receipt,problem";

  private TrialCsv() {}

  /** Writes them. */
  public static void write(Path file, Collection<Trial> trials) throws IOException {
    StringBuilder text = new StringBuilder(HEADER).append('\n');
    trials.forEach(trial -> text.append(line(trial)).append('\n'));
    AtomicFile.write(file, text.toString());
  }

  private static String line(Trial trial) {
    Measurement m = trial.measured();
    LegTimes legs = trial.legs();
    return String.format(
        Locale.ROOT,
        "%d,%d,%s,%d,%d,%s,%s,%s,%s,%s,%s,%s,%s",
        trial.asked(),
        trial.repeat(),
        trial.way() == Way.HANDOFF ? "handoff" : "direct",
        m.promptTokens(),
        m.cachedTokens(),
        millis(m.ok() ? m.ttftFromSendMillis() : Double.NaN),
        millis(m.ok() ? m.e2eFromSendMillis() : Double.NaN),
        millis(legs.prefill()),
        millis(legs.decodeFirst()),
        millis(legs.gateway()),
        m.route(),
        m.receipt(),
        trial.problem());
  }

  private static String millis(double value) {
    return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.3f", value);
  }
}
