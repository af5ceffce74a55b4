package io.turnpike.simulator.replay;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Writes each turn as a line of JSON, or nothing at all. */
final class TurnWriter implements AutoCloseable {

  private static final JsonMapper JSON = new JsonMapper();

  private final @Nullable BufferedWriter out;

  private TurnWriter(@Nullable BufferedWriter out) {
    this.out = out;
  }

  static TurnWriter to(@Nullable Path file) throws IOException {
    return new TurnWriter(file == null ? null : Files.newBufferedWriter(file));
  }

  void write(String run, TurnResult turn) {
    if (out == null) {
      return;
    }
    try {
      out.write(JSON.writeValueAsString(fields(run, turn)));
      out.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, @Nullable Object> fields(String run, TurnResult turn) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("run", run);
    fields.put("session_id", turn.session());
    fields.put("turn", turn.turn());
    fields.put("route", turn.route().word());
    fields.put("reason", turn.reason().word());
    fields.put("outcome", turn.outcome().word());
    fields.put("tries", turn.tries());
    fields.put("prefill", turn.prefill());
    fields.put("decode", turn.decode());
    fields.put("prompt_tokens", turn.promptTokens());
    fields.put("cached_tokens", turn.cachedTokens());
    fields.put("moved_tokens", turn.movedTokens());
    fields.put("output_tokens", turn.outputTokens());
    fields.put("due_ms", turn.dueNanos() / 1e6);
    fields.put("queued_ms", (turn.sentNanos() - turn.dueNanos()) / 1e6);
    fields.put("ttft_ms", turn.ttftMillis());
    fields.put("tpot_ms", turn.tpotMillis());
    fields.put("e2e_ms", turn.endToEndMillis());
    fields.put("preemptions", turn.preemptions());
    return fields;
  }

  @Override
  public void close() throws IOException {
    if (out != null) {
      out.close();
    }
  }
}
