/**
 * Runs what a command asks for: measures, writes the files, prints, and says how it ended.
 *
 * <p>Starting points: {@link io.turnpike.bench.run.LoadDriver}; {@link
 * io.turnpike.bench.run.QpsStudy}; {@link io.turnpike.bench.run.ExitCode}.
 */
@NullMarked
package io.turnpike.bench.run;

import org.jspecify.annotations.NullMarked;
