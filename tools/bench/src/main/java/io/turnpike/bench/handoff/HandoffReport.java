package io.turnpike.bench.handoff;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.turnpike.bench.report.ResultHead;
import io.turnpike.bench.report.Trust;

/** What {@code bench handoff} writes. */
record HandoffReport(
    @JsonUnwrapped ResultHead head, @JsonUnwrapped LadderJson ladder, @JsonUnwrapped Trust trust) {}
