/**
 * Conversations with a server: what is said in them, how they are run, what is written of their
 * turns, and what the engines behind it count meanwhile.
 *
 * <p>Starting points: {@link io.turnpike.bench.conversation.Talk}; {@link
 * io.turnpike.bench.conversation.TalkRun}; {@link io.turnpike.bench.conversation.Engines}.
 */
@NullMarked
package io.turnpike.bench.conversation;

import org.jspecify.annotations.NullMarked;
