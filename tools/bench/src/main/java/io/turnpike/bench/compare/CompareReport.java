package io.turnpike.bench.compare;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.turnpike.bench.report.ResultHead;
import io.turnpike.bench.report.Trust;

/** What {@code bench compare} writes. */
record CompareReport(
    @JsonUnwrapped ResultHead head,
    @JsonUnwrapped ComparisonJson comparison,
    @JsonUnwrapped Trust trust) {}
