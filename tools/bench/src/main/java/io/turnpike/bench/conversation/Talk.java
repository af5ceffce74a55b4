package io.turnpike.bench.conversation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of a conversation.
 *
 * @param number its number in a run
 * @param name for output
 * @param turns what the user says
 */
public record Talk(int number, String name, List<Said> turns) {

  /**
   * A turn's new words.
   *
   * @param words made when they are needed, as a long trace's would not fit into memory
   * @param standIn what stands for the assistant's answer in later prompts, so that every mode sees
   *     the same bytes; null for the real answer
   * @param maxTokens of the answer
   * @param atNanos earliest time from the start of the run; 0 for none
   * @param pauseNanos after the end of the turn before
   */
  public record Said(
      Supplier<String> words,
      @Nullable Supplier<String> standIn,
      int maxTokens,
      long atNanos,
      long pauseNanos) {}

  public Talk {
    turns = List.copyOf(turns);
    if (turns.isEmpty()) {
      throw new IllegalArgumentException("conversation %s: no turn".formatted(name));
    }
  }

  /**
   * The messages of a turn: user, assistant, user and so on.
   *
   * @param turn counted from 1
   * @param answers real ones of the turns before; needed where there is no stand-in
   */
  public List<String> messages(int turn, List<String> answers) {
    List<String> messages = new ArrayList<>();
    for (int earlier = 0; earlier < turn - 1; earlier++) {
      Said said = turns.get(earlier);
      messages.add(said.words().get());
      messages.add(said.standIn() == null ? answers.get(earlier) : said.standIn().get());
    }
    messages.add(turns.get(turn - 1).words().get());
    return messages;
  }

  /** Whether a turn cannot be sent when the one before has failed. */
  public boolean needsAnswers() {
    return turns.stream().anyMatch(said -> said.standIn() == null);
  }
}
