package io.turnpike.bench.report;

import io.turnpike.bench.load.SelfCheck;
import java.util.List;

/**
 * Whether a result can be believed.
 *
 * @param loadGenerator what it says about itself
 * @param valid whether the server was measured, and not the load generator
 * @param invalidBecause why not
 */
public record Trust(LoadGenerator loadGenerator, boolean valid, List<String> invalidBecause) {

  /**
   * What a load generator says about itself; milliseconds, and shares of a core and of a closed
   * loop's time.
   */
  public record LoadGenerator(
      double lagP99Ms, double lagMaxMs, double cpuShare, double lostShare) {}

  /** As the self-check has it. */
  public static Trust of(SelfCheck self) {
    return new Trust(
        new LoadGenerator(
            self.lagP99Millis(), self.lagMaxMillis(), self.cpuShare(), self.lostShare()),
        self.isValid(),
        self.complaints());
  }
}
