package io.turnpike.admission;

import io.turnpike.caller.Limits;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How much a gateway takes.
 *
 * @param preset where the rest is not said: {@code none}, or {@code study}, as the study's own
 *     proxy: 40 requests a second, 100 turns at once, 500 that wait
 * @param requestsPerSecond turns that may begin in a second, in the long run; may be a fraction
 * @param burst turns that may begin at once after a pause; those of one second where it is not said
 * @param turns under way at once; 10,000 where nothing is said
 * @param queue turns that wait for one of these; none where nothing is said, so that more are
 *     answered 429 at once
 * @param maxWait the longest that one of them waits; 30 s where nothing is said
 * @param caller what each caller may have whose own limits say nothing: {@code
 *     requests-per-second}, {@code burst}, {@code turns}, {@code queue}, {@code max-wait}, {@code
 *     tokens-per-minute}
 * @param shared whether requests and tokens of a caller are counted over all replicas, through
 *     Redis
 * @param replicas how many there are: each gives out its share of what is shared while Redis is
 *     away
 */
@Validated
@ConfigurationProperties(prefix = "turnpike.limits", ignoreUnknownFields = false)
public record LimitSettings(
    @DefaultValue("none") Preset preset,
    @Nullable Double requestsPerSecond,
    @Nullable Integer burst,
    @Nullable Integer turns,
    @Nullable Integer queue,
    @Nullable Duration maxWait,
    @Nullable Limits caller,
    @DefaultValue("true") boolean shared,
    @DefaultValue("1") @Min(1) int replicas) {

  private static final int USUAL_TURNS = 10_000;

  /** Limits that belong together. */
  public enum Preset {
    NONE,
    STUDY;

    private Limits limits() {
      return switch (this) {
        case NONE -> new Limits(null, null, USUAL_TURNS, 0, null, null);
        case STUDY -> new Limits(40.0, 40, 100, 500, null, null);
      };
    }
  }

  public LimitSettings {
    var _ = new Limits(requestsPerSecond, burst, turns, queue, maxWait, null); // checks them
  }

  /** Of the whole gateway. */
  public Limits gateway() {
    return new Limits(requestsPerSecond, burst, turns, queue, maxWait, null).or(preset.limits());
  }

  /** Of a caller of whom nothing else is said. */
  public Limits ofCaller() {
    return caller == null ? Limits.NONE : caller;
  }
}
