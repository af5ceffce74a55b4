/**
 * The OpenAI dialect as a gateway needs it: a request body is scanned once and rewritten by
 * splicing its bytes, an answer is judged while it passes, an error has one shape.
 *
 * <p>Nothing here builds a typed model of a chat: message contents are never turned into strings.
 *
 * <p>Starting points: {@link io.turnpike.openai.TurnScanner}, which turns a body into a {@link
 * io.turnpike.openai.TurnBody}; {@link io.turnpike.openai.AnswerPipe}, which holds an answer until
 * it is known to be good and gives it out in whole events; {@link io.turnpike.error.ApiError},
 * everything a gateway says on its own.
 */
@NullMarked
package io.turnpike.openai;

import org.jspecify.annotations.NullMarked;
