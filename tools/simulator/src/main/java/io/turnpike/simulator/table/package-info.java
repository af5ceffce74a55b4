/**
 * Tables of measured values, and the figures that sum them up.
 *
 * <p>Starting points: {@link io.turnpike.simulator.table.CsvTable}; {@link
 * io.turnpike.simulator.table.Figures}.
 */
@NullMarked
package io.turnpike.simulator.table;

import org.jspecify.annotations.NullMarked;
