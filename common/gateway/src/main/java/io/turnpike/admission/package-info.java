/**
 * Who is let in when: rates, turns at once and a bounded, fair queue, for a gateway and for each of
 * its callers.
 *
 * <p>Starting points: {@link io.turnpike.admission.Admission} is the door; {@link
 * io.turnpike.admission.Permit} is a turn's right to be inside.
 */
@NullMarked
package io.turnpike.admission;

import org.jspecify.annotations.NullMarked;
