package io.turnpike.bench.prompt;

import io.turnpike.bench.client.ControlCalls;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks a server how it counts: three short requests of one token each tell characters a token, and
 * what the chat template adds to a first turn and to a later one.
 */
public final class PromptScale {

  private static final int SHORT = 256;
  private static final int LONG = 2560;

  /** Fewer characters a token than this, or more, are no count of these words. */
  private static final double LEAST = 1;

  private static final double MOST = 16;

  private final URI server;
  private final Bodies bodies;

  /** Of one server and model. */
  public PromptScale(URI server, Bodies bodies) {
    this.server = server;
    this.bodies =
        new Bodies(
            bodies.model(),
            bodies.api(),
            false,
            bodies.extensions(),
            "bench-scale-" + System.nanoTime());
  }

  /** What it says; assumed where it does not, or says what cannot be. */
  public PromptLengths measure() throws InterruptedException {
    try {
      String few = words(1, SHORT);
      int one = count(List.of(few));
      int longer = count(List.of(words(2, LONG)));
      int three = count(List.of(few, words(3, SHORT), words(4, SHORT)));
      return of(one, longer, three);
    } catch (IOException | JacksonException e) {
      return PromptLengths.assumed();
    }
  }

  /** From the counts of a short turn, a long one, and a short one behind a short exchange. */
  static PromptLengths of(int one, int longer, int three) {
    double perToken = (double) (LONG - SHORT) / Math.max(1, longer - one);
    if (perToken < LEAST || perToken > MOST || three <= one) {
      return PromptLengths.assumed();
    }
    long first = Math.round(one - SHORT / perToken);
    long later = Math.round(three - one - 2 * SHORT / perToken);
    return new PromptLengths(perToken, (int) Math.max(0, first), (int) Math.max(0, later), true);
  }

  private static String words(int number, int characters) {
    return new Prompts(number, PromptLengths.assumed(1)).user(number, 1, characters);
  }

  private int count(List<String> said) throws IOException, InterruptedException {
    String answer = ControlCalls.post(server, bodies.api().path(), bodies.body(said, 1));
    int counted = JsonMapper.shared().readTree(answer).path("usage").path("prompt_tokens").asInt(0);
    if (counted == 0) {
      throw new IOException("no usage");
    }
    return counted;
  }
}
