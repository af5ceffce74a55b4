/**
 * Holds the simulator against measured engines.
 *
 * <p>Starting points: {@link io.turnpike.simulator.validate.GridValidation}, two GPUs under load;
 * {@link io.turnpike.simulator.validate.ValidationReport}, what is written of it.
 */
@NullMarked
package io.turnpike.simulator.validate;

import org.jspecify.annotations.NullMarked;
