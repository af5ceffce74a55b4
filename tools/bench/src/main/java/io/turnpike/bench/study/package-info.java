/**
 * The study: workloads at rates in modes, several runs of each, on servers or in virtual time, in
 * files that the original tools read.
 *
 * <p>Starting points: {@link io.turnpike.bench.study.Cell}; {@link
 * io.turnpike.bench.study.StudyFile}; {@link io.turnpike.bench.study.VirtualCells}.
 */
@NullMarked
package io.turnpike.bench.study;

import org.jspecify.annotations.NullMarked;
