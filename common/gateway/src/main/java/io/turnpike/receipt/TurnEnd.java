package io.turnpike.receipt;

import io.turnpike.conversation.Recognition;
import io.turnpike.openai.TurnApi;
import io.turnpike.openai.Usage;
import io.turnpike.turn.TurnRecord;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that a receipt is made of.
 *
 * @param asked what the client asked for
 * @param record what came of it
 * @param recognition what is known of its conversation
 * @param said what the engines said
 * @param resumed where the answer went on after it had broken off, in order
 * @param trace the id of its trace, or null
 */
public record TurnEnd(
    Asked asked,
    TurnRecord record,
    Conversation recognition,
    Said said,
    List<Resumed> resumed,
    @Nullable String trace) {

  /**
   * What the client asked for.
   *
   * @param id 32 hexadecimal digits
   * @param mode the mode that decided
   * @param probe whether it leaves no receipt
   * @param caller the id of whose key it was; null: nobody's
   */
  public record Asked(
      String id,
      Instant at,
      TurnApi api,
      @Nullable String model,
      boolean stream,
      String mode,
      boolean probe,
      @Nullable String caller) {}

  /**
   * Which conversation it belongs to.
   *
   * @param known null: it was not recognised
   * @param hash that all turns of it share, or null
   */
  public record Conversation(@Nullable Recognition known, @Nullable String hash) {}

  /**
   * What the engines said.
   *
   * @param status that the client got; 0: none
   * @param usage of the engine that answered
   * @param completionTokens −1: not known
   * @param prefillPromptTokens of the prompt, as P counted them; −1: not known
   * @param prefillCachedTokens of the prompt, that P had; −1: not known
   */
  public record Said(
      int status,
      Usage usage,
      long completionTokens,
      long prefillPromptTokens,
      long prefillCachedTokens) {}
}
