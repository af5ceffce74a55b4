/**
 * What is asked: seeded prompts, questions, and the bodies of requests.
 *
 * <p>Starting points: {@link io.turnpike.bench.prompt.Prompts}; {@link
 * io.turnpike.bench.prompt.Bodies}.
 */
@NullMarked
package io.turnpike.bench.prompt;

import org.jspecify.annotations.NullMarked;
