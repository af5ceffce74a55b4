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

  /** How a prompt ends. */
  public enum End {
    /** With the role of the message that is to come ({@code add_generation_prompt}). */
    NEW_MESSAGE,
    /** Inside the last message ({@code continue_final_message}). */
    OPEN_MESSAGE,
    /** Behind the last message. */
    LAST_MESSAGE
  }

  /** The prompt tokens of a conversation; {@code tools} is the text of the tool list or empty. */
  public static int[] apply(List<Message> messages, String tools, End end) {
    TokenBuffer prompt = new TokenBuffer().add(Tokenizer.BEGIN);
    if (!tools.isEmpty()) {
      append(prompt, new Message("tools", tools)).add(Tokenizer.END_OF_TURN);
    }
    int ended = messages.size() - (end == End.OPEN_MESSAGE ? 1 : 0);
    messages.subList(0, ended).forEach(each -> append(prompt, each).add(Tokenizer.END_OF_TURN));
    messages.subList(ended, messages.size()).forEach(open -> append(prompt, open));
    if (end == End.NEW_MESSAGE) {
      prompt.add(Tokenizer.ROLE).addAll(ASSISTANT).add(Tokenizer.ROLE_END);
    }
    return prompt.toArray();
  }

  private static TokenBuffer append(TokenBuffer prompt, Message message) {
    return prompt
        .add(Tokenizer.ROLE)
        .addAll(Tokenizer.encode(message.role()))
        .add(Tokenizer.ROLE_END)
        .addAll(Tokenizer.encode(message.content()));
  }
}
