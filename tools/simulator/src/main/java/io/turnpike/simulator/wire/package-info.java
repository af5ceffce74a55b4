/**
 * What vLLM 0.32.0 puts on the wire: requests as it reads and refuses them, answers, chunks and
 * error bodies, key for key as recorded.
 *
 * <p>Starting points: {@link io.turnpike.simulator.wire.RequestReader}, {@link
 * io.turnpike.simulator.wire.AnswerWriter}.
 */
@NullMarked
package io.turnpike.simulator.wire;

import org.jspecify.annotations.NullMarked;
