package io.turnpike.simulator.text;

import java.util.List;

/**
 * Turns messages into one prompt: {@code BEGIN (ROLE name ROLE_END content END_OF_TURN)* ROLE
 * assistant ROLE_END}. The prompt of a later turn starts with the prompt and the answer of the turn
 * before it.
 */
public final class ChatTemplate {

  private static final int[] ASSISTANT = Tokenizer.encode("assistant");

  private ChatTemplate() {}

  /**
   * One message, already flattened to text.
   *
   * @param role any role name
   * @param content the text of all its parts
   */
  public record Message(String role, String content) {}

  /** The prompt tokens of a conversation; {@code tools} is the text of the tool list or empty. */
  public static int[] apply(List<Message> messages, String tools) {
    TokenBuffer prompt = new TokenBuffer().add(Tokenizer.BEGIN);
    if (!tools.isEmpty()) {
      append(prompt, new Message("tools", tools));
    }
    messages.forEach(message -> append(prompt, message));
    return prompt.add(Tokenizer.ROLE).addAll(ASSISTANT).add(Tokenizer.ROLE_END).toArray();
  }

  private static void append(TokenBuffer prompt, Message message) {
    prompt
        .add(Tokenizer.ROLE)
        .addAll(Tokenizer.encode(message.role()))
        .add(Tokenizer.ROLE_END)
        .addAll(Tokenizer.encode(message.content()))
        .add(Tokenizer.END_OF_TURN);
  }
}
