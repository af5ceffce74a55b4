package io.turnpike.simulator.wire;

import io.turnpike.simulator.text.Answer;

/**
 * One finished answer.
 *
 * @param index its place in the request
 * @param prompt the prompt's tokens
 * @param answer the text and why it ended
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Choice(int index, int[] prompt, Answer answer) {}
