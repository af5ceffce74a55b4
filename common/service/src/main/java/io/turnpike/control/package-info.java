/**
 * What the control endpoints of all services share: known paths and methods, the admin key, and
 * errors in the OpenAI shape.
 *
 * <p>Starting points: {@link io.turnpike.control.ControlRoutes}, {@link
 * io.turnpike.control.ErrorAnswers}.
 */
@NullMarked
package io.turnpike.control;

import org.jspecify.annotations.NullMarked;
