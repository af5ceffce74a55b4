package io.turnpike.bench.handoff;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.turnpike.bench.report.ResultHead;
import io.turnpike.bench.report.Trust;

/**
 * What {@code bench handoff} writes.
 *
 * @param simulated whether the engines are without a GPU, so that all figures are of their model
 */
record HandoffReport(
    @JsonUnwrapped ResultHead head,
    boolean simulated,
    @JsonUnwrapped LadderJson ladder,
    @JsonUnwrapped Trust trust) {}
