package io.turnpike.simulator.http;

import java.util.List;
import java.util.Map;

/** An answer as it came over a socket; header names keep their case. */
record Answered(int status, Map<String, String> headers, String body, List<String> events) {}
