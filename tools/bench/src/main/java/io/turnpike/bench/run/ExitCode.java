package io.turnpike.bench.run;

import io.turnpike.bench.load.SelfCheck;
import io.turnpike.bench.load.Tally;

/** What a command ends with, for scripts. */
public enum ExitCode {
  FINE(0),
  /** It could not be measured, or nothing succeeded. */
  FAILED(1),
  /** It was asked for something that makes no sense. */
  USAGE(2),
  /** An objective was given and not met. */
  OBJECTIVE_MISSED(3),
  /** The load generator was itself the limit, so the figures are not the server's. */
  NOT_VALID(4);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  /** The number that the process ends with. */
  public int code() {
    return code;
  }

  /** Of what was measured: whether there is any comes first, then whether it can be believed. */
  public static ExitCode of(SelfCheck self, Tally tally) {
    return tally.successes() == 0 ? FAILED : self.isValid() ? FINE : NOT_VALID;
  }
}
