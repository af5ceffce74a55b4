package io.turnpike.simulator.text;

/**
 * The words that a prompt leads to: those that its end has begun, as if the model had said them, or
 * new ones. Two engines agree on it, and so does one that is asked to go on where another's answer
 * ended, in a prompt of text or ids or in an open last message.
 *
 * <pre>
 *   prompt        BEGIN ROLE user ROLE_END hello END_OF_TURN ROLE assistant ROLE_END the | old oak
 *   seed of       ------------------------------------------------------------------
 *   spoken                                                                           1
 * </pre>
 *
 * The course begins at the first place whose words lead up to the prompt's end; so an answer and
 * all its continuations have the same.
 *
 * @param seed of the words
 * @param spoken how many tokens of them the prompt ends with
 */
public record Course(long seed, int spoken) {

  /** The course of one prompt. */
  public static Course of(int[] prompt) {
    long seed = BlockHashes.root("");
    int at = 0;
    while (!Answer.leadsToEnd(seed, prompt, at)) {
      seed = BlockHashes.extend(seed, prompt, at, at + 1);
      at++;
    }
    return new Course(seed, prompt.length - at);
  }

  /** The course of another answer to the same prompt. */
  public Course child(int number) {
    return number == 0 ? this : new Course(BlockHashes.mix(seed, number), spoken);
  }
}
