/**
 * A chat client for the terminal: sends the whole conversation, streams the answer, and tells what
 * the gateway did with the turn.
 *
 * <p>Starting points: {@link io.turnpike.launcher.chat.ChatClient}, one conversation; {@link
 * io.turnpike.launcher.chat.TurnReport}, what is known about a turn afterwards.
 */
@NullMarked
package io.turnpike.launcher.chat;

import org.jspecify.annotations.NullMarked;
