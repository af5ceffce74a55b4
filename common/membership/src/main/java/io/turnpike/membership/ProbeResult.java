package io.turnpike.membership;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one probe of an engine found. A value: probing never fails otherwise. */
sealed interface ProbeResult {

  /** The address that was asked. */
  URI url();

  /** When the probe began; what happened to the node later is not in it. */
  Instant startedAt();

  /**
   * {@code /health} answered, and {@code /v1/models} too if it was asked.
   *
   * @param identity models and version, or null when they were not asked
   * @param metrics what {@code /metrics} said, or null when it gave no answer
   */
  record Up(
      URI url, Instant startedAt, @Nullable Identity identity, @Nullable EngineMetrics metrics)
      implements ProbeResult {}

  /**
   * The engine cannot be given turns.
   *
   * @param verdict how sure that is
   * @param reason one line for people
   */
  record Down(URI url, Instant startedAt, Verdict verdict, String reason) implements ProbeResult {}

  /** How sure a failed probe is. */
  enum Verdict {
    /** The connection was refused: the process is gone. */
    REFUSED,
    /** Reset or an error status: nobody serves there. */
    CERTAIN,
    /** No answer in time: dead or only busy. */
    TIMED_OUT
  }

  /**
   * What an engine serves.
   *
   * @param models names in the order of {@code /v1/models}; empty when it did not tell them
   * @param version of {@code /version}, or null when it gave none
   */
  record Identity(List<String> models, @Nullable String version) {
    public Identity {
      models = List.copyOf(models);
    }
  }
}
