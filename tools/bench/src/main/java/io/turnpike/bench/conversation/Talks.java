package io.turnpike.bench.conversation;

import io.turnpike.bench.conversation.Talk.Said;
import io.turnpike.bench.prompt.PromptLengths;
import io.turnpike.bench.prompt.Prompts;
import io.turnpike.simulator.workload.Content;
import io.turnpike.simulator.workload.Session;
import io.turnpike.simulator.workload.Turn;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Where conversations come from: seeds, real questions, traces. */
public final class Talks {

  /** Questions of two turns that come with the benchmark; a README beside them names source. */
  public static final String QUESTIONS = "mt-bench-questions.jsonl";

  /** How many questions there are. */
  public static final int QUESTIONS_COUNT = 80;

  private static final int BLOCK_TOKENS = 16;

  private Talks() {}

  /**
   * Like conversations.
   *
   * @param first number of the first one
   * @param promptTokens new in each turn
   */
  public record Shape(int first, int count, int turns, int promptTokens, int maxTokens) {}

  /** Conversations of seeded words. */
  public static List<Talk> seeded(Prompts prompts, Shape shape, Answers answers) {
    List<Talk> talks = new ArrayList<>();
    int tokens = shape.promptTokens();
    int most = shape.maxTokens();
    for (int number = shape.first(); number < shape.first() + shape.count(); number++) {
      List<Said> said = new ArrayList<>();
      for (int turn = 1; turn <= shape.turns(); turn++) {
        int c = number;
        int t = turn;
        Supplier<String> standIn = () -> prompts.assistant(c, t, most);
        said.add(
            new Said(
                () -> prompts.user(c, t, tokens),
                answers == Answers.REAL ? null : standIn,
                most,
                0,
                0));
      }
      talks.add(new Talk(number, "seeded-" + number, said));
    }
    return talks;
  }

  /**
   * The questions of MT-Bench.
   *
   * @param first number of the first one, which says what the stand-ins are made of
   * @param count how many; they begin anew after the last
   */
  public static List<Talk> questions(
      Prompts prompts, int first, int count, int maxTokens, Answers answers) throws IOException {
    List<JsonNode> all = questions();
    List<Talk> talks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      JsonNode question = all.get(i % all.size());
      int number = first + i;
      List<Said> said = new ArrayList<>();
      for (JsonNode words : question.path("turns")) {
        int turn = said.size() + 1;
        Supplier<String> standIn = () -> prompts.assistant(number, turn, maxTokens);
        said.add(
            new Said(words::asString, answers == Answers.REAL ? null : standIn, maxTokens, 0, 0));
      }
      talks.add(new Talk(number, "question-" + question.path("question_id").asString(), said));
    }
    return talks;
  }

  /** What stands in later prompts for what the model said. */
  public enum Answers {
    /** Its own words. */
    REAL,
    /** Seeded words of the length that was asked for. */
    SEEDED
  }

  private static List<JsonNode> questions() throws IOException {
    try (InputStream in = Talks.class.getResourceAsStream(QUESTIONS)) {
      if (in == null) {
        throw new IllegalStateException("resource " + QUESTIONS + " is missing");
      }
      return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
          .lines()
          .map(line -> JsonMapper.shared().readTree(line))
          .toList();
    }
  }

  /**
   * Conversations of a trace, with text that is equal where the trace says that content is: what a
   * turn's prompt is longer than the prompt and the answer before it is new words of the user.
   *
   * @param speed 2 is twice as fast: times and pauses are divided by it
   */
  public static List<Talk> ofTrace(List<Session> sessions, PromptLengths lengths, double speed) {
    long origin = sessions.isEmpty() ? 0 : sessions.getFirst().startNanos();
    List<Talk> talks = new ArrayList<>();
    for (Session session : sessions) {
      List<Said> said = new ArrayList<>();
      int before = 0;
      for (Turn turn : session.turns()) {
        int from = before;
        int number = said.size() + 1;
        int tokens = Math.max(1, turn.promptTokens() - from);
        said.add(
            new Said(
                () -> words(turn.content(), from, lengths.words(number, tokens), lengths),
                null,
                turn.outputTokens(),
                Math.round(Math.max(0, turn.atNanos() - origin) / speed),
                Math.round(turn.delayNanos() / speed)));
        before = from + tokens + turn.outputTokens();
      }
      talks.add(new Talk(talks.size(), session.name(), said));
    }
    return talks;
  }

  private static String words(Content content, int from, int tokens, PromptLengths lengths) {
    int length = lengths.characters(tokens);
    PromptLengths plain = PromptLengths.assumed(lengths.charactersPerToken());
    StringBuilder text = new StringBuilder(length + 128);
    for (int block = from / BLOCK_TOKENS; text.length() < length; block++) {
      text.append(new Prompts(content.blockHash(block), plain).user(0, 1, BLOCK_TOKENS));
    }
    text.setLength(length);
    return text.toString();
  }
}
