package io.turnpike.configuration;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalysisReporter;

/** Prints why a service does not start, as one line on standard error. */
final class OneLineReporter implements FailureAnalysisReporter {

  @Override
  @SuppressWarnings("SystemOut")
  public void report(FailureAnalysis analysis) {
    System.err.println("cannot start: " + line(analysis));
  }

  static String line(FailureAnalysis analysis) {
    return analysis.getDescription().strip().replaceAll("\\s+", " ");
  }
}
