/**
 * Recognising which conversation a turn belongs to, and remembering where its KV cache is.
 *
 * <p>A turn is known by an explicit key its client sent, or by content: a chain of hashes over its
 * messages. Only hashes and counts are ever stored, never anything a client sent.
 *
 * <p>Starting points: {@link io.turnpike.conversation.PrefixChain}, what a turn's content hashes
 * to; {@link io.turnpike.conversation.Conversations}, which asks and tells the stores; {@link
 * io.turnpike.conversation.ConversationStore}, the port.
 */
@NullMarked
package io.turnpike.conversation;

import org.jspecify.annotations.NullMarked;
