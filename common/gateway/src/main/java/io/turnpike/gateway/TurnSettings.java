package io.turnpike.gateway;

import io.turnpike.turn.TurnRules;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How long what may take in a turn.
 *
 * @param patience how long an engine may be silent before its answer, besides three times what the
 *     leg should cost there
 * @param patienceAlive how long at least while the engine shows life: answers probes, sends others
 *     their tokens
 * @param slowestPrefill prompt tokens a second that an engine computes at least; by it a leg's cost
 *     is judged
 * @param firstContentWithin the longest that a client waits for the first content
 * @param within the longest that a turn takes
 * @param silence the longest pause in an answer
 */
@Validated
@ConfigurationProperties(prefix = "turnpike.turn", ignoreUnknownFields = false)
record TurnSettings(
    @DefaultValue("5s") Duration patience,
    @DefaultValue("30s") Duration patienceAlive,
    @DefaultValue("1000") @Min(1) int slowestPrefill,
    @DefaultValue("2m") Duration firstContentWithin,
    @DefaultValue("10m") Duration within,
    @DefaultValue("2m") Duration silence) {

  TurnRules rules() {
    return new TurnRules(
        patience, patienceAlive, slowestPrefill, firstContentWithin, within, silence);
  }
}
