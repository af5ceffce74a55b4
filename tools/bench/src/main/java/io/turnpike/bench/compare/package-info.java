/**
 * Two modes on the same conversations: what differs, and whether it differs by more than chance.
 *
 * <p>Starting points: {@link io.turnpike.bench.compare.Comparison}; {@link
 * io.turnpike.bench.compare.Verdict}.
 */
@NullMarked
package io.turnpike.bench.compare;

import org.jspecify.annotations.NullMarked;
