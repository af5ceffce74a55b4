package io.turnpike.engine;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * How engines are called.
 *
 * @param connectTimeout until a TCP connection must stand
 * @param maxIdle how long an unused connection is kept; below vLLM's own 5 s, or requests die on it
 * @param maxConnections connections to one engine
 * @param maxPending turns that may wait for a connection to one engine
 * @param maxHeldAnswer bytes of an answer held back before the client sees its first; a JSON answer
 *     up to this size is held whole, so that a cut one can be run again
 * @param maxPrefillAnswer bytes of a prefill answer (its block lists grow with the prompt)
 * @param patchedP2p whether p2p-nccl decode engines carry the patch that lets them serve a prompt
 *     alone; without it the mode {@code ppd} still sends their turns P→D
 * @param apiKey sent to engines as a bearer token, if set; a client's own key never is
 * @param sslBundle of Spring's ({@code spring.ssl.bundle}), for engines whose URL says https: whom
 *     to trust, and which certificate to show; none: the trust of the JDK
 */
@Validated
@ConfigurationProperties(prefix = "turnpike.engine", ignoreUnknownFields = false)
public record EngineSettings(
    @DefaultValue("2s") Duration connectTimeout,
    @DefaultValue("4s") Duration maxIdle,
    @DefaultValue("4096") @Min(1) int maxConnections,
    @DefaultValue("4096") @Min(1) int maxPending,
    @DefaultValue("1MB") DataSize maxHeldAnswer,
    @DefaultValue("32MB") DataSize maxPrefillAnswer,
    @DefaultValue("false") boolean patchedP2p,
    @Nullable String apiKey,
    @Nullable String sslBundle) {}
