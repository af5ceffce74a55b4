/**
 * The benchmark program.
 *
 * <pre>
 *   cli  →  run  →  study, compare, conversation, handoff, load   what is measured
 *     ↘       ↘→  report, merge, plot                             what is made of it
 *      options      client, prompt, figures                       what all of them need
 * </pre>
 *
 * <p>Starting points: {@link io.turnpike.bench.Bench}; {@link io.turnpike.bench.cli.BenchCommand}.
 */
@NullMarked
package io.turnpike.bench;

import org.jspecify.annotations.NullMarked;
