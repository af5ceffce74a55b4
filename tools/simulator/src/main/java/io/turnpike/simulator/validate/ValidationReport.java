package io.turnpike.simulator.validate;

/** What is written of a validation. */
public final class ValidationReport {
  private ValidationReport() {}
}
