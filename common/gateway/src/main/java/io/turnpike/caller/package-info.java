/**
 * Who may ask a gateway for turns: callers with keys, as an operator's file lists them, and what
 * each may do.
 *
 * <p>Starting points: {@link io.turnpike.caller.Callers} finds who a request is from; {@link
 * io.turnpike.caller.Caller} is what is known of one.
 */
@NullMarked
package io.turnpike.caller;

import org.jspecify.annotations.NullMarked;
