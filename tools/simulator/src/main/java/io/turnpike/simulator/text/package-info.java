/**
 * Text as the simulated model sees it: a deterministic tokenizer, the chat template and the words
 * it answers.
 *
 * <p>Starting points: {@link io.turnpike.simulator.text.Tokenizer}, {@link
 * io.turnpike.simulator.text.Answer}.
 */
@NullMarked
package io.turnpike.simulator.text;

import org.jspecify.annotations.NullMarked;
