/**
 * Pictures of results: PNGs under the original tools' names, and a report in one HTML file.
 *
 * <p>Starting points: {@link io.turnpike.bench.plot.Pngs}; {@link
 * io.turnpike.bench.plot.HtmlReport}.
 */
@NullMarked
package io.turnpike.bench.plot;

import org.jspecify.annotations.NullMarked;
