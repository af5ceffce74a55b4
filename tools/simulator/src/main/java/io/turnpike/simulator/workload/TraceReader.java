package io.turnpike.simulator.workload;

import io.turnpike.simulator.workload.WorkloadSpec.Answers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads traces: one JSON object a line, either as the Mooncake project publishes them ({@code
 * timestamp} in ms, {@code input_length}, {@code output_length}, {@code hash_ids} of 512-token
 * blocks) or with {@code session_id}, {@code turn}, and {@code timestamp} or {@code delay}.
 *
 * <p>Without a session id, a request is taken for the next turn of the conversation whose whole
 * blocks its prompt begins with, as the gateway recognises it by content: the longest one, and more
 * than the one block that a system prompt may fill.
 */
public final class TraceReader {

  /** Requests of one trace; they are held in memory. */
  public static final int MOST_LINES = 5_000_000;

  private static final String MOONCAKE = "mooncake-conversation-3000.jsonl";
  private static final int SHORTEST_HISTORY = 2;

  private final Map<String, List<TraceLine>> conversations = new LinkedHashMap<>();
  private final Map<Long, String> byHistory = new HashMap<>();

  private TraceReader() {}

  /**
   * The conversations of a trace, by their start.
   *
   * @throws TraceException with the line's number if one is not as expected
   */
  public static List<Session> read(Path file) throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      return read(lines);
    }
  }

  /** The production trace that comes with the simulator; its README names source and licence. */
  public static List<Session> mooncake() throws IOException {
    try (InputStream in = TraceReader.class.getResourceAsStream(MOONCAKE)) {
      if (in == null) {
        throw new IllegalStateException("resource " + MOONCAKE + " is missing");
      }
      return read(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)));
    }
  }

  static List<Session> read(BufferedReader lines) throws IOException {
    TraceReader reader = new TraceReader();
    int number = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      if (number > MOST_LINES) {
        throw new TraceException(number, "too many (expected: at most %d)".formatted(MOST_LINES));
      }
      if (!line.isBlank()) {
        reader.add(TraceLine.parse(number, line));
      }
    }
    return reader.sessions();
  }

  private void add(TraceLine line) {
    String name = line.session().isEmpty() ? recognise(line) : line.session();
    List<TraceLine> turns = conversations.computeIfAbsent(name, n -> new ArrayList<>());
    if (line.turn() != 0 && line.turn() != turns.size() + 1) {
      throw new TraceException(
          line.line(),
          "turn: %d of session %s (expected: %d)".formatted(line.turn(), name, turns.size() + 1));
    }
    if (turns.isEmpty() && line.atMillis() < 0) {
      throw new TraceException(
          line.line(), "no timestamp (expected: one on a session's first turn)");
    }
    turns.add(line);
    long[] full = line.fullHashIds();
    if (full.length >= SHORTEST_HISTORY) {
      byHistory.put(full[full.length - 1], name);
    }
  }

  private String recognise(TraceLine line) {
    long[] full = line.fullHashIds();
    for (int i = full.length - 1; i >= SHORTEST_HISTORY - 1; i--) {
      String known = byHistory.get(full[i]);
      if (known != null) {
        return known;
      }
    }
    return "line-" + line.line();
  }

  private List<Session> sessions() {
    List<Session> sessions = new ArrayList<>(conversations.size());
    long number = 0;
    for (Map.Entry<String, List<TraceLine>> conversation : conversations.entrySet()) {
      sessions.add(session(conversation.getKey(), conversation.getValue(), number++));
    }
    sessions.sort(Comparator.comparingLong(Session::startNanos));
    return sessions;
  }

  private static Session session(String name, List<TraceLine> lines, long number) {
    Content own = Content.of(number);
    List<Turn> turns = new ArrayList<>(lines.size());
    for (TraceLine line : lines) {
      turns.add(turn(line, own));
    }
    return new Session(name, turns.getFirst().atNanos(), 0, Answers.MISS, turns);
  }

  private static Turn turn(TraceLine line, Content own) {
    Content content =
        line.hashIds().length == 0 ? own : Content.of(line.hashIds(), TraceLine.HASHED_TOKENS);
    return new Turn(
        line.inputTokens(),
        line.outputTokens(),
        Math.round(Math.max(0, line.atMillis()) * 1e6),
        Math.round(line.delayMillis() * 1e6),
        content,
        Turn.NO_LIMIT);
  }
}
