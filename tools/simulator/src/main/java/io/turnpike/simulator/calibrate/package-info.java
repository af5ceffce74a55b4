/**
 * Fits a profile's step constants to measured points.
 *
 * <p>Starting points: {@link io.turnpike.simulator.calibrate.Calibration}; {@link
 * io.turnpike.simulator.calibrate.CalibrateCommand}.
 */
@NullMarked
package io.turnpike.simulator.calibrate;

import org.jspecify.annotations.NullMarked;
