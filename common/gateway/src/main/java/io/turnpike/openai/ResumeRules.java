package io.turnpike.openai;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * What in a request keeps its answer from going on at another engine. That engine is given the text
 * so far as the beginning of the answer, and knows nothing else of what was said:
 *
 * <ul>
 *   <li>probabilities and token ids would be those of a text that was cut into tokens again;
 *   <li>structured output would begin anew: its grammar does not know what was said;
 *   <li>stop strings make an engine hold text back, so that what was given out ends inside a token;
 *   <li>a prompt that is repeated in the answer, cut short or ended by the client in its own way
 *       would be another one.
 * </ul>
 */
final class ResumeRules {

  private ResumeRules() {}

  /** Whether a member of the request does; leaves the parser on that member's last token. */
  static boolean forbids(JsonParser parser, String name) {
    return switch (name) {
      case "logprobs", "prompt_logprobs", "truncate_prompt_tokens" -> isGiven(parser);
      case "return_token_ids", "echo", "continue_final_message" -> isGiven(parser);
      case "structured_outputs", "guided_json", "guided_regex", "guided_choice" -> isGiven(parser);
      case "guided_grammar", "suffix", "prompt_embeds", "add_special_tokens" -> isGiven(parser);
      case "add_generation_prompt" -> parser.hasToken(JsonToken.VALUE_FALSE);
      case "response_format" -> isStructured(parser);
      case "tool_choice" -> isForced(parser);
      case "stop" -> isAnyString(parser);
      default -> false;
    };
  }

  /** Neither null nor false. */
  private static boolean isGiven(JsonParser parser) {
    return switch (parser.currentToken()) {
      case VALUE_NULL, VALUE_FALSE -> false;
      default -> true;
    };
  }

  private static boolean isStructured(JsonParser parser) {
    if (!parser.hasToken(JsonToken.START_OBJECT)) {
      return isGiven(parser);
    }
    boolean text = false;
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      boolean string = parser.nextToken() == JsonToken.VALUE_STRING;
      text |= string && name.equals("type") && parser.getString().equals("text");
      parser.skipChildren();
    }
    return !text;
  }

  private static boolean isForced(JsonParser parser) {
    if (!parser.hasToken(JsonToken.VALUE_STRING)) {
      return isGiven(parser);
    }
    String choice = parser.getString();
    return !choice.equals("auto") && !choice.equals("none");
  }

  private static boolean isAnyString(JsonParser parser) {
    if (!parser.hasToken(JsonToken.START_ARRAY)) {
      return isGiven(parser);
    }
    boolean any = false;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      any = true;
      parser.skipChildren();
    }
    return any;
  }
}
