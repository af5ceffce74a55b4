package io.turnpike.conversation;

import org.jspecify.annotations.Nullable;

/**
 * What a turn can be recognised by.
 *
 * @param key the session key its client sent, or null
 * @param chain its content
 * @param promptTokens tokens of its prompt, or an estimate
 */
public record Recognisable(@Nullable ConversationKey key, PrefixChain chain, long promptTokens) {

  /** The same when it has been recognised: it can be remembered, and holds nothing of the body. */
  public Recognisable recognised() {
    return new Recognisable(key, chain.withoutPrompt(), promptTokens);
  }
}
