package io.turnpike.simulator.log;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.function.Consumer;

/** Writes lines in the form of vLLM's loggers. Thread-safe if its output is. */
public final class EngineLog {

  /** Writes nothing. */
  public static final EngineLog NONE =
      new EngineLog(line -> {}, InstantSource.fixed(Instant.EPOCH), ZoneOffset.UTC);

  private final Consumer<String> out;
  private final InstantSource time;
  private final DateTimeFormatter stamp;

  /** {@code out} takes whole lines. */
  public EngineLog(Consumer<String> out, InstantSource time, ZoneId zone) {
    this.out = out;
    this.time = time;
    this.stamp = DateTimeFormatter.ofPattern("MM-dd HH:mm:ss").withZone(zone);
  }

  /** Something happened. */
  public void info(String message) {
    line("INFO", message);
  }

  /** Something is wrong with the engine. */
  public void error(String message) {
    line("ERROR", message);
  }

  /** A line as uvicorn has it: no time, no source. */
  public void server(String message) {
    out.accept("INFO:     " + message);
  }

  private void line(String level, String message) {
    out.accept(level + " " + stamp.format(time.instant()) + " [simulator] " + message);
  }
}
