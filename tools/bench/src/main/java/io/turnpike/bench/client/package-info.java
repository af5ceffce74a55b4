/**
 * Sends requests to an OpenAI-compatible server and measures what comes back, without making
 * objects per chunk.
 *
 * <p>Starting points: {@link io.turnpike.bench.client.Endpoint} sends; {@link
 * io.turnpike.bench.client.StreamMeter} reads; {@link io.turnpike.bench.client.Measurement} is what
 * comes out.
 */
@NullMarked
package io.turnpike.bench.client;

import org.jspecify.annotations.NullMarked;
