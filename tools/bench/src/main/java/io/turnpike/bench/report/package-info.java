/**
 * What people and scripts read: text blocks, files, pictures.
 *
 * <p>Starting points: {@link io.turnpike.bench.report.ServingBlock}; {@link
 * io.turnpike.bench.report.LoadResult}.
 */
@NullMarked
package io.turnpike.bench.report;

import org.jspecify.annotations.NullMarked;
