package io.turnpike.bench.report;

import io.turnpike.bench.client.Failure;
import io.turnpike.bench.client.Measurement;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Every request as a CSV line, written as it ends, so that an interrupted run keeps what it
 * measured. One thread at a time.
 */
public final class RequestLog implements AutoCloseable {

  private static final String HEADER =
      "index,conversation,turn,scheduled_ms,lag_ms,wait_ms,ttft_ms,ttft_from_send_ms,tpot_ms,"
          + "e2e_ms,e2e_from_send_ms,max_gap_ms,prompt_tokens,output_tokens,cached_tokens,"
          + "token_source,chunks,route,failure";
  private static final int LINES_UNTIL_FLUSH = 64;

  private final BufferedWriter out;
  private long originNanos = Long.MIN_VALUE;
  private int unflushed;

  /** Starts a file anew. */
  public RequestLog(Path file) throws IOException {
    out = Files.newBufferedWriter(file);
    out.write(HEADER);
    out.newLine();
  }

  /** Adds a request. */
  public synchronized void add(Measurement m) {
    if (originNanos == Long.MIN_VALUE) {
      originNanos = m.scheduledNanos();
    }
    try {
      out.write(line(m));
      out.newLine();
      if (++unflushed == LINES_UNTIL_FLUSH) {
        out.flush();
        unflushed = 0;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String line(Measurement m) {
    Failure failure = m.failure();
    boolean ok = failure == null;
    return String.format(
        Locale.ROOT,
        "%d,%d,%d,%.3f,%.3f,%.3f,%s,%s,%s,%.3f,%s,%.3f,%d,%d,%d,%s,%d,%s,%s",
        m.index(),
        m.conversation(),
        m.turn(),
        (m.scheduledNanos() - originNanos) / 1e6,
        m.lagNanos() / 1e6,
        m.sentNanos() == 0 ? 0 : (m.sentNanos() - m.startedNanos()) / 1e6,
        ok ? millis(m.ttftMillis()) : "",
        ok ? millis(m.ttftFromSendMillis()) : "",
        ok ? millis(m.tpotMillis()) : "",
        m.e2eMillis(),
        ok ? millis(m.e2eFromSendMillis()) : "",
        m.maxGapNanos() / 1e6,
        m.promptTokens(),
        m.outputTokens(),
        m.cachedTokens(),
        m.tokenSource().word(),
        m.chunks(),
        m.route(),
        failure == null ? "" : failure.reason());
  }

  private static String millis(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  @Override
  public synchronized void close() throws IOException {
    out.close();
  }
}
