/**
 * What a stack consists of, before anything is started: defaults, {@code turnpike.yaml} and flags
 * become one checked, immutable plan in which every port and name is settled.
 *
 * <p>Starting points: {@link io.turnpike.launcher.plan.Plan}, the result; {@link
 * io.turnpike.launcher.plan.PlanDraft}, what may still change; {@link
 * io.turnpike.launcher.plan.PlanReader}, the keys of {@code turnpike.yaml}.
 */
@NullMarked
package io.turnpike.launcher.plan;

import org.jspecify.annotations.NullMarked;
